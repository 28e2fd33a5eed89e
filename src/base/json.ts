/** A value that survives JSON: what goes into the state and over the wire. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
