// Before the first paint, so that a dark console never flashes white.
;(() => {
  let wish = 'auto'
  try {
    wish = localStorage.getItem('millrace-theme') ?? 'auto'
  } catch {
    // Storage may be forbidden; the system's wish is then followed.
  }
  const dark = wish === 'dark' || (wish === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
