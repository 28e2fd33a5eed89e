import { createTheme, type MantineColorsTuple, Modal } from '@mantine/core'

/** The one accent; colour besides it is for states only (`theme.css`). */
const mill: MantineColorsTuple = [
  '#eef5fd',
  '#dbe8f8',
  '#b4d0f1',
  '#8ab6ea',
  '#68a0e4',
  '#4f8fdd',
  '#2c6cbd',
  '#1c5fb8',
  '#184f99',
  '#12407f',
]

/** Mantine's own greys of the dark theme, moved to the tints of `theme.css`. */
const dark: MantineColorsTuple = [
  '#e6e9ed',
  '#c4cad1',
  '#a3acb7',
  '#8a94a0',
  '#4b545f',
  '#363d46',
  '#23282f',
  '#1a1e24',
  '#15181d',
  '#121519',
]

export const theme = createTheme({
  primaryColor: 'mill',
  primaryShade: { light: 7, dark: 6 },
  colors: { mill, dark },
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.45', xl: '1.35' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: { Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }) },
  focusRing: 'auto',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '15px' }, h3: { fontSize: '14px' } },
  },
})
