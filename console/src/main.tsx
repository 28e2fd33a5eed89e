import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './theme.css'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isFinal } from './api/problem.js'
import { adoptToken } from './api/token.js'
import { loadPages, router } from './router.js'
import { theme } from './theme.js'

adoptToken()

// Live events say what changed; a query is only asked again by itself after a minute, in case an event was lost.
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      retry: (failures, error) => !isFinal(error) && failures < 2,
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
  },
})

const scheme = localStorageColorSchemeManager({ key: 'millrace-theme' })

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={scheme}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)

const IDLE_MS = 1_500
setTimeout(() => void loadPages(), IDLE_MS)
