import { Skeleton, Stack } from '@mantine/core'

/** Lines of a table that is on its way, as high as its rows will be. */
export function TableSkeleton({ rows = 8, height = 36 }: Readonly<{ rows?: number; height?: number }>) {
  return (
    <Stack gap={1} aria-busy aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike
        <Skeleton key={index} height={height - 1} radius={2} />
      ))}
    </Stack>
  )
}

/** A block of the height of what will be there. */
export function BlockSkeleton({ height }: Readonly<{ height: number }>) {
  return <Skeleton height={height} aria-busy aria-label="Loading" />
}

/** A few lines of text. */
export function TextSkeleton({ lines = 3 }: Readonly<{ lines?: number }>) {
  return (
    <Stack gap={8} aria-busy aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: all alike
        <Skeleton key={index} height={14} width={index === lines - 1 ? '60%' : '100%'} />
      ))}
    </Stack>
  )
}
