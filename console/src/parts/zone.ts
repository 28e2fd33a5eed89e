import { createContext, useContext } from 'react'

/** The project's time zone: all times of the console are told in it. UTC until it is known. */
export const ZoneContext = createContext('UTC')

export const useZone = (): string => useContext(ZoneContext)
