export { type Score, type ScoreLine, score } from './score.js'
export { scoreTable, writeScoreInto } from './table.js'
