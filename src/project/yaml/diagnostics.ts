import { defineDiagnostics } from '../../domain/diagnostic.js'

/** YAML that cannot be read, or that does not say what its author meant. */
export const yamlDiagnostic = defineDiagnostics({
  YAML_SYNTAX: {
    message: (p: { detail: string; hint: string }) => p.detail,
    hint: (p: { hint: string }) => p.hint,
  },
  YAML_ALIAS: {
    message: (p: { name: string }) => `*${p.name} points at &${p.name}, which stands nowhere before it.`,
    hint: (p: { name: string }) => `Quote it if the text is meant: '*${p.name}'.`,
  },
  YAML_TAB: {
    message: () => 'A tab indents this line, and YAML allows only spaces.',
    hint: () => 'Replace the tab by spaces.',
  },
  YAML_DUPLICATE_KEY: {
    message: (p: { key: string }) => `"${p.key}" stands here a second time.`,
    hint: () => 'Keep one of the two; YAML would silently use the last.',
  },
  YAML_BACKSLASH: {
    message: (p: { escape: string }) =>
      `In double quotes "${p.escape}" is an escape that YAML does not know.`,
    hint: () => "Use single quotes, where a backslash is a backslash: '^\\d+$'.",
  },
  YAML_AMBIGUOUS_WORD: {
    message: (p: { word: string }) =>
      `"${p.word}" without quotes is text for some YAML readers and ${meansTrue(p.word)} for others.`,
    hint: (p: { word: string }) => `Write '${p.word}' in quotes for the text, or ${meansTrue(p.word)}.`,
  },
  YAML_UNQUOTED_DATE: {
    message: (p: { text: string }) =>
      `${p.text} without quotes is a date for some YAML readers and text for others.`,
    hint: (p: { text: string }) => `Quote it: '${p.text}'.`,
  },
  YAML_SEXAGESIMAL: {
    message: (p: { text: string }) =>
      `${p.text} without quotes is a number to base 60 for some YAML readers.`,
    hint: (p: { text: string }) => `Quote it: '${p.text}'.`,
  },
  YAML_LEADING_ZERO: {
    message: (p: { text: string }) => `${p.text} without quotes is a number, and loses its leading zero.`,
    hint: (p: { text: string }) => `Quote it: '${p.text}'. For a number leave the zero out.`,
  },
  YAML_NUMBER_TOO_LONG: {
    message: (p: { text: string }) => `${p.text} has more digits than a number can keep.`,
    hint: (p: { text: string }) => `Quote it: '${p.text}'.`,
  },
  YAML_NOT_A_MAP: {
    message: (p: { where: string }) => `${p.where} is not a list of "field: value" lines.`,
    hint: () => 'Write one field a line, with a space after the colon: "description: Door counts per hour".',
  },
})

const meansTrue = (word: string): string => (/^(yes|on)$/i.test(word) ? 'true' : 'false')
