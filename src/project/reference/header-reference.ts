import { CHECK_KINDS } from '../checks/check-kinds.js'
import { CHECK_OPTIONS } from '../checks/check-shape.js'
import { CONFIG_FIELDS } from '../config/config-fields.js'
import { SHARED_FIELDS, SQL_FIELDS, TYPESCRIPT_FIELDS } from '../headers/header-fields.js'
import { SOURCE_ASSET_FIELDS } from '../headers/source-fields.js'
import type { Fields } from '../shapes/composite-shape.js'
import type { Field } from '../shapes/shape.js'

const INTRODUCTION = `# Headers and millrace.yaml

Every field that an asset's header and millrace.yaml may have. This page is generated from the table that reads
them (\`src/project/reference/header-reference.ts\`), so it cannot be out of date. Editors complete and check the same fields
with \`schema/asset.schema.json\` and \`schema/millrace.schema.json\`.

The header is YAML inside the first comment of the file, beginning with \`@asset\`:

\`\`\`sql
/* @asset
description: Door counts per washroom and hour
materialize: incremental
time: { column: hour, grain: hour }
key: [washroom_id, hour]
*/
select …
\`\`\`

A source is a YAML file of its own and has the same fields without the comment. Durations are a number and a unit:
\`500 ms\`, \`30s\`, \`15 min\`, \`2 hours\`, \`1 day\`. A file or folder whose name begins with \`_\` is no asset; TypeScript
assets can import it.
`

/** The reference of all fields as Markdown. */
export function headerReference(): string {
  return [
    INTRODUCTION,
    section('Every asset', SHARED_FIELDS),
    section('SQL and TypeScript assets', without(SQL_FIELDS, SHARED_FIELDS)),
    section('TypeScript assets', without(TYPESCRIPT_FIELDS, SQL_FIELDS)),
    section('Sources', without(SOURCE_ASSET_FIELDS, SHARED_FIELDS)),
    checks(),
    section('millrace.yaml', CONFIG_FIELDS, CONFIG_NOTE),
  ].join('\n')
}

const CONFIG_NOTE =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is shown as it is to be written.
  'In values of millrace.yaml `${NAME}` stands for a variable of the environment, `${NAME:-default}` for one with a default.\n'

function section(title: string, fields: Fields, note = ''): string {
  const rows = Object.entries(fields).flatMap(([name, field]) => [
    row(name, field),
    ...Object.entries(nested(field)).map(([inner, innerField]) => row(`${name}.${inner}`, innerField)),
  ])
  return `## ${title}\n\n${note}${note === '' ? '' : '\n'}${HEAD}${rows.join('')}`
}

const HEAD = '| field | holds | for | left out |\n|---|---|---|---|\n'

const row = (name: string, { shape, description, required, fallback }: Field): string =>
  `| \`${name}\` | ${cell(shape.label)} | ${cell(description)} | ${required ? 'required' : cell(fallback ?? '')} |\n`

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** Fields inside a field, where it is a map of known ones, or a list of such maps. */
function nested({ shape }: Field): Fields {
  return shape.inner ?? {}
}

function checks(): string {
  const kinds = Object.entries(CHECK_KINDS).map(
    ([name, { description, level, example, fields }]) =>
      `### ${name}\n\n${description} ${PLACE[level]}\n\n\`\`\`yaml\n- ${example}\n\`\`\`\n${
        Object.keys(fields).length > 0
          ? `\n${HEAD}${Object.entries(fields)
              .map(([field, spec]) => row(field, spec))
              .join('')}`
          : ''
      }`,
  )
  return `${section('Checks', CHECK_OPTIONS, CHECKS_NOTE)}\n${kinds.join('\n')}`
}

const PLACE = {
  column: 'Stands under a column, or names one with `column`.',
  table: 'Stands in `checks:` of the asset.',
  both: 'Stands under a column or in `checks:` of the asset.',
}

const CHECKS_NOTE =
  'A check is its name, or its name and fields: `row_count: { min: 1 }`. Every check takes these beside its own. An asset with a `key` has two more without being told: `key` (the key is unique) and `key_not_null:<column>`.\n'

const without = (fields: Fields, other: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(other, name)))
