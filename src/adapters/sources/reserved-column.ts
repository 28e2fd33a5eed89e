/** Columns that Millrace adds to its own tables begin so, and are hidden from readers. */
export const isReservedColumn = (name: string): boolean => name.toLowerCase().startsWith('_millrace_')
