import type { TenantCopies, TenantCopy } from '../../adapters/engines/tenant-copies.js'

/**
 * Copies of the tenants in order, the next one being opened while the caller works on the last: the engine copies rows
 * on threads of its own. Never more than two are open. The caller closes each; one that failed to open rejects.
 */
export async function* openAhead(
  copies: TenantCopies,
  tenants: readonly (string | null)[],
  signal: AbortSignal,
): AsyncGenerator<Readonly<{ tenant: string | null; copy: Promise<TenantCopy> }>> {
  const start = (index: number): Promise<TenantCopy> | null => {
    const tenant = tenants[index]
    if (tenant === undefined) return null
    const opening = copies.open(tenant, signal)
    // Whoever awaits it is told; nobody may get that far.
    opening.catch(() => undefined)
    return opening
  }
  let next = start(0)
  try {
    for (const [index, tenant] of tenants.entries()) {
      const copy = next
      if (copy === null) return
      next = start(index + 1)
      yield { tenant, copy }
    }
  } finally {
    await next?.then(
      (copy) => copy.close(),
      () => undefined,
    )
  }
}
