import type { PeriodUnit } from '../../domain/report.js'

/** What Millrace itself writes on a page, in one language. Everything else is the author's and their rows'. */
export type PageWords = Readonly<{
  /** Before the customer's name. */
  for: string
  /** `week 5 of 2024`. */
  week: (week: number, year: string) => string
  /** `in the week before`, after a number. */
  inBefore: Readonly<Record<PeriodUnit, string>>
  /** Each goes before `inBefore`. */
  nothingToCompare: string
  sameAs: string
  from: (zero: string) => string
  points: (size: string) => string
  noData: (dates: string) => string
  nothingYet: string
  recordsEnd: (date: string) => string
  recordsBegin: (date: string) => string
  nothingThen: string
  nothingToDraw: (dates: string) => string
  noRows: string
  numbers: string
  drawn: (drawn: number, all: number) => string
  tooManyToDraw: string
  tooManyToShow: string
  notShown: (rows: number, written: string) => string
  /** Rows of a chart over time that have no time, or none that can be read. */
  withoutTime: (rows: number, written: string) => string
  highest: string
  lowest: string
  times: (period: Readonly<{ label: string; start: string; end: string; timezone: string }>) => string
  notOver: string
  made: (page: Readonly<{ at: string; release: number; fresh: string }>) => string
}>

const en: PageWords = {
  for: 'For',
  week: (week, year) => `week ${week} of ${year}`,
  inBefore: {
    day: 'on the day before',
    week: 'in the week before',
    month: 'in the month before',
    quarter: 'in the quarter before',
    year: 'in the year before',
  },
  nothingToCompare: 'nothing to compare with',
  sameAs: 'the same as',
  from: (zero) => `from ${zero}`,
  points: (size) => `${size} ${size === '1' ? 'point' : 'points'}`,
  noData: (dates) => `There is no data for ${dates}`,
  nothingYet: 'nothing has been recorded yet',
  recordsEnd: (date) => `the records end on ${date}`,
  recordsBegin: (date) => `the records begin on ${date}`,
  nothingThen: 'nothing was recorded in this time',
  nothingToDraw: (dates) => `There is nothing to draw for ${dates}.`,
  noRows: 'There are no rows to show.',
  numbers: 'The numbers',
  drawn: (drawn, all) => `The first ${drawn} of ${all} are drawn; the others stand in the numbers.`,
  tooManyToDraw: 'There are more rows than can be drawn.',
  tooManyToShow: 'There are more rows than are shown here.',
  notShown: (rows, written) => `${written} more ${rows === 1 ? 'row is' : 'rows are'} not shown.`,
  withoutTime: (rows, written) =>
    `${written} ${rows === 1 ? 'row has' : 'rows have'} no time that can be read and ${rows === 1 ? 'is' : 'are'} not drawn.`,
  highest: 'highest',
  lowest: 'lowest',
  times: ({ label, start, end, timezone }) => `${label}: ${start} to ${end}, times of ${timezone}.`,
  notOver: 'The period was not over when this was made.',
  made: ({ at, release, fresh }) =>
    `Made on ${at} from release ${release}; the data behind it changed last on ${fresh}.`,
}

const de: PageWords = {
  for: 'Für',
  week: (week, year) => `Woche ${week} ${year}`,
  inBefore: {
    day: 'am Tag davor',
    week: 'in der Woche davor',
    month: 'im Monat davor',
    quarter: 'im Quartal davor',
    year: 'im Jahr davor',
  },
  nothingToCompare: 'nichts zum Vergleichen',
  sameAs: 'gleich viel wie',
  from: (zero) => `von ${zero}`,
  points: (size) => `${size} ${size === '1' ? 'Punkt' : 'Punkte'}`,
  noData: (dates) => `Für ${dates} gibt es keine Daten`,
  nothingYet: 'noch wurde nichts aufgezeichnet',
  recordsEnd: (date) => `die Aufzeichnungen enden am ${date}`,
  recordsBegin: (date) => `die Aufzeichnungen beginnen am ${date}`,
  nothingThen: 'in dieser Zeit wurde nichts aufgezeichnet',
  nothingToDraw: (dates) => `Für ${dates} gibt es nichts zu zeichnen.`,
  noRows: 'Es gibt keine Zeilen zu zeigen.',
  numbers: 'Die Zahlen',
  drawn: (drawn, all) => `Gezeichnet sind die ersten ${drawn} von ${all}; die anderen stehen bei den Zahlen.`,
  tooManyToDraw: 'Es gibt mehr Zeilen, als gezeichnet werden können.',
  tooManyToShow: 'Es gibt mehr Zeilen, als hier gezeigt werden.',
  notShown: (rows, written) =>
    rows === 1 ? '1 weitere Zeile ist nicht gezeigt.' : `${written} weitere Zeilen sind nicht gezeigt.`,
  withoutTime: (rows, written) =>
    rows === 1
      ? `${written} Zeile hat keine lesbare Zeit und ist nicht gezeichnet.`
      : `${written} Zeilen haben keine lesbare Zeit und sind nicht gezeichnet.`,
  highest: 'höchster Wert',
  lowest: 'niedrigster Wert',
  times: ({ label, start, end, timezone }) => `${label}: ${start} bis ${end}, Zeiten von ${timezone}.`,
  notOver: 'Der Zeitraum war noch nicht zu Ende.',
  made: ({ at, release, fresh }) =>
    `Erstellt am ${at} aus Release ${release}; die Daten dahinter änderten sich zuletzt am ${fresh}.`,
}

const fr: PageWords = {
  for: 'Pour',
  week: (week, year) => `semaine ${week} de ${year}`,
  inBefore: {
    day: 'le jour précédent',
    week: 'la semaine précédente',
    month: 'le mois précédent',
    quarter: 'le trimestre précédent',
    year: 'l’année précédente',
  },
  nothingToCompare: 'rien à comparer',
  sameAs: 'autant que',
  from: (zero) => `contre ${zero}`,
  points: (size) => `${size} ${size === '1' ? 'point' : 'points'}`,
  noData: (dates) => `Aucune donnée pour ${dates}`,
  nothingYet: 'rien n’a encore été enregistré',
  recordsEnd: (date) => `les enregistrements s’arrêtent le ${date}`,
  recordsBegin: (date) => `les enregistrements commencent le ${date}`,
  nothingThen: 'rien n’a été enregistré pendant cette période',
  nothingToDraw: (dates) => `Rien à représenter pour ${dates}.`,
  noRows: 'Aucune ligne à afficher.',
  numbers: 'Les chiffres',
  drawn: (drawn, all) =>
    `Seuls les ${drawn} premiers sur ${all} sont représentés ; les autres figurent dans les chiffres.`,
  tooManyToDraw: 'Il y a plus de lignes qu’on ne peut en représenter.',
  tooManyToShow: 'Il y a plus de lignes que celles affichées ici.',
  notShown: (rows, written) =>
    rows === 1 ? '1 autre ligne n’est pas affichée.' : `${written} autres lignes ne sont pas affichées.`,
  withoutTime: (rows, written) =>
    rows === 1
      ? `${written} ligne n’a pas de date lisible et n’est pas représentée.`
      : `${written} lignes n’ont pas de date lisible et ne sont pas représentées.`,
  highest: 'maximum',
  lowest: 'minimum',
  times: ({ label, start, end, timezone }) => `${label} : du ${start} au ${end}, heures de ${timezone}.`,
  notOver: 'La période n’était pas encore terminée.',
  made: ({ at, release, fresh }) =>
    `Établi le ${at} à partir de la version ${release} ; dernière modification des données le ${fresh}.`,
}

const es: PageWords = {
  for: 'Para',
  week: (week, year) => `semana ${week} de ${year}`,
  inBefore: {
    day: 'el día anterior',
    week: 'la semana anterior',
    month: 'el mes anterior',
    quarter: 'el trimestre anterior',
    year: 'el año anterior',
  },
  nothingToCompare: 'nada con que comparar',
  sameAs: 'igual que',
  from: (zero) => `desde ${zero}`,
  points: (size) => `${size} ${size === '1' ? 'punto' : 'puntos'}`,
  noData: (dates) => `No hay datos para ${dates}`,
  nothingYet: 'todavía no se ha registrado nada',
  recordsEnd: (date) => `los registros terminan el ${date}`,
  recordsBegin: (date) => `los registros empiezan el ${date}`,
  nothingThen: 'no se registró nada en este periodo',
  nothingToDraw: (dates) => `No hay nada que dibujar para ${dates}.`,
  noRows: 'No hay filas que mostrar.',
  numbers: 'Las cifras',
  drawn: (drawn, all) => `Se dibujan los primeros ${drawn} de ${all}; los demás están en las cifras.`,
  tooManyToDraw: 'Hay más filas de las que se pueden dibujar.',
  tooManyToShow: 'Hay más filas de las que se muestran aquí.',
  notShown: (rows, written) =>
    rows === 1 ? 'No se muestra 1 fila más.' : `No se muestran ${written} filas más.`,
  withoutTime: (rows, written) =>
    rows === 1
      ? `${written} fila no tiene una fecha legible y no se dibuja.`
      : `${written} filas no tienen una fecha legible y no se dibujan.`,
  highest: 'máximo',
  lowest: 'mínimo',
  times: ({ label, start, end, timezone }) => `${label}: del ${start} al ${end}, hora de ${timezone}.`,
  notOver: 'El periodo aún no había terminado.',
  made: ({ at, release, fresh }) =>
    `Elaborado el ${at} a partir de la versión ${release}; los datos cambiaron por última vez el ${fresh}.`,
}

const nl: PageWords = {
  for: 'Voor',
  week: (week, year) => `week ${week} van ${year}`,
  inBefore: {
    day: 'op de dag ervoor',
    week: 'in de week ervoor',
    month: 'in de maand ervoor',
    quarter: 'in het kwartaal ervoor',
    year: 'in het jaar ervoor',
  },
  nothingToCompare: 'niets om mee te vergelijken',
  sameAs: 'evenveel als',
  from: (zero) => `vanaf ${zero}`,
  points: (size) => `${size} ${size === '1' ? 'punt' : 'punten'}`,
  noData: (dates) => `Er zijn geen gegevens voor ${dates}`,
  nothingYet: 'er is nog niets vastgelegd',
  recordsEnd: (date) => `de gegevens eindigen op ${date}`,
  recordsBegin: (date) => `de gegevens beginnen op ${date}`,
  nothingThen: 'in deze periode is niets vastgelegd',
  nothingToDraw: (dates) => `Er is niets te tekenen voor ${dates}.`,
  noRows: 'Er zijn geen rijen om te tonen.',
  numbers: 'De cijfers',
  drawn: (drawn, all) => `De eerste ${drawn} van ${all} zijn getekend; de andere staan bij de cijfers.`,
  tooManyToDraw: 'Er zijn meer rijen dan getekend kunnen worden.',
  tooManyToShow: 'Er zijn meer rijen dan hier te zien zijn.',
  notShown: (rows, written) =>
    rows === 1 ? 'Nog 1 rij is niet te zien.' : `Nog ${written} rijen zijn niet te zien.`,
  withoutTime: (rows, written) =>
    rows === 1
      ? `${written} rij heeft geen leesbare tijd en is niet getekend.`
      : `${written} rijen hebben geen leesbare tijd en zijn niet getekend.`,
  highest: 'hoogste',
  lowest: 'laagste',
  times: ({ label, start, end, timezone }) => `${label}: ${start} tot ${end}, tijden van ${timezone}.`,
  notOver: 'De periode was nog niet voorbij.',
  made: ({ at, release, fresh }) =>
    `Gemaakt op ${at} uit release ${release}; de gegevens veranderden voor het laatst op ${fresh}.`,
}

/** Languages in which Millrace's own words are written. */
export const PAGE_LANGUAGES: Readonly<Record<string, PageWords>> = { en, de, fr, es, nl }

/** English where the language has none of its own. */
export const pageWords = (locale: string): PageWords =>
  PAGE_LANGUAGES[locale.split('-')[0]?.toLowerCase() ?? ''] ?? en
