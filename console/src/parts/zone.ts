import { useQuery } from '@tanstack/react-query'
import { overviewQuery } from '../api/queries.js'

/** The project's time zone: all times of the console are told in it. UTC until it is known. */
export function useZone(): string {
  return useQuery({ ...overviewQuery(), select: ({ timezone }) => timezone }).data ?? 'UTC'
}
