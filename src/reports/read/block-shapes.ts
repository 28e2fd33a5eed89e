import {
  list,
  mapOf,
  mapped,
  object,
  optional,
  required,
  shortOr,
} from '../../project/shapes/composite-shape.js'
import { choice, located, number, text } from '../../project/shapes/shape.js'

const column = located(text('a column', 'visits'))
const format = located(text('a format', 'number'))
const words = located(text('text', 'Mondays are your busiest'))

export const chartShape = object(
  {
    data: required(located(text('a query', 'traffic')), 'Query whose rows are drawn.'),
    x: required(column, 'Column along the bottom: a time, or names.'),
    y: required(list(column, { single: true, least: 1 }), 'Column or columns that are drawn.'),
    series: optional(column, 'Column whose values each become a line or bars of their own.'),
    title: required(words, 'What is to be seen, as a sentence.'),
    caption: optional(words, 'A sentence below the title.'),
    unit: optional(text('a unit', 'visits'), 'What the numbers count.'),
    format: optional(format, 'How the numbers are written.', 'number'),
  },
  {
    what: 'the chart',
    example: 'data: traffic',
    misplaced: { type: 'The kind stands behind the word: ```chart bar' },
  },
)

export const TABLE_LIMIT = 1000

const tableColumn = object(
  {
    label: optional(text('text', 'Visits'), 'Heading of the column.'),
    format: optional(format, 'How its values are written.'),
  },
  { what: 'the column', example: '{ label: Visits, format: number }' },
)

const tableColumns = mapOf(
  shortOr(
    mapped(text('text', 'Visits'), (label): NonNullable<ReturnType<typeof tableColumn.read>> => ({ label })),
    tableColumn,
  ),
  '{ visits: Visits }',
  {},
)

export const tableShape = object(
  {
    title: optional(words, 'Title of the table.'),
    columns: optional(shortOr(list(column, { least: 1 }), tableColumns), 'Columns to show, in order.', 'all'),
    formats: optional(mapOf(format, '{ visits: number }'), 'How columns are written, by name.'),
    limit: optional(number({ integer: true, min: 1, max: TABLE_LIMIT }), 'Most rows to show.', '100'),
    empty: optional(text('text', 'Nothing had to be refilled.'), 'What stands there when there are no rows.'),
  },
  {
    what: 'the table',
    example: 'limit: 20',
    misplaced: { data: 'The query stands behind the word: ```table details' },
  },
)

export const numbersShape = object(
  {
    numbers: required(
      list(
        object(
          {
            value: required(column, 'Column of the first row.'),
            label: required(text('text', 'Visits'), 'What the number is.'),
            format: optional(format, 'How it is written.', 'number'),
            previous: optional(column, 'Column with the same number of the period before.'),
            better: optional(
              choice(['higher', 'lower', 'neither'] as const),
              'Which way is good: the change is coloured by it.',
              'neither',
            ),
          },
          { what: 'the number', example: '{ value: visits, label: Visits }' },
        ),
        { least: 1 },
      ),
      'The numbers that matter, three or so.',
    ),
  },
  {
    what: 'the numbers',
    example: 'numbers: [{ value: visits, label: Visits }]',
    misplaced: { data: 'The query stands behind the word: ```value total' },
  },
)
