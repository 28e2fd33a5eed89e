/** Told apart with colour-blind eyes as well; series have their names beside them besides. No more are drawn. */
export const PALETTE = ['#0b5cad', '#c2571a', '#1b8a6b', '#8a4fa3', '#b0892a', '#5c677d'] as const

export const INK = '#4a5360'
export const GRID = '#e3e7ec'
export const AXIS = '#9aa4b0'

export const colorOf = (series: number): string => PALETTE[series % PALETTE.length] ?? INK
