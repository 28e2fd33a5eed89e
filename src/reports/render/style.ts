/** The look of a report: one column that reads well on paper, in a mail and on a phone. Light only, like paper. */
export const STYLE = `
:root{color-scheme:light;--ink:#1b2430;--soft:#56616e;--line:#dfe4ea;--tint:#f5f7f9;--accent:#0b5cad;--good:#12704d;--bad:#b3261e}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
main{position:relative;overflow-wrap:break-word;max-width:720px;margin:0 auto;padding:40px 24px 32px}
header{border-top:4px solid var(--accent);padding-top:16px;margin-bottom:28px}
header p{margin:0}
.from{color:var(--soft);font-size:14px;margin-bottom:18px!important}
h1{font-size:30px;line-height:1.2;letter-spacing:-.015em;margin:0 0 8px;text-wrap:balance}
.for{font-size:17px}
.for span{color:var(--soft)}
h2{font-size:21px;line-height:1.3;margin:40px 0 8px;letter-spacing:-.01em}
h3{font-size:17px;line-height:1.35;margin:0 0 2px}
p{margin:0 0 14px}
a{color:var(--accent)}
ul,ol{margin:0 0 14px;padding-left:22px}
blockquote{margin:0 0 14px;padding:2px 16px;border-left:3px solid var(--line);color:var(--soft)}
code{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--tint);padding:12px;overflow:auto}
hr{border:0;border-top:1px solid var(--line);margin:28px 0}
img{max-width:100%}
.numbers{display:flex;flex-wrap:wrap;gap:0;margin:0 0 28px;border-top:1px solid var(--line);border-bottom:1px solid var(--line)}
.numbers>div{flex:1 1 180px;padding:16px 16px 14px 0}
.numbers>div+div{border-left:1px solid var(--line);padding-left:18px}
.numbers dt{color:var(--soft);font-size:14px}
.numbers dd{margin:2px 0 0}
.numbers b{display:block;font-size:32px;line-height:1.2;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.change,.before{display:block;font-size:14px;color:var(--soft)}
.change.good{color:var(--good);font-weight:600}
.change.bad{color:var(--bad);font-weight:600}
figure{margin:30px 0;break-inside:avoid}
.caption{color:var(--soft);font-size:15px;margin:0 0 6px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0 4px;font-size:13px;color:var(--soft)}
.key i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:6px;vertical-align:-1px}
.chart svg{display:block;width:100%;height:auto;overflow:visible}
.narrow{display:none}
.heard{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}
.chart text{font-size:12px;font-variant-numeric:tabular-nums}
details{font-size:14px;margin-top:4px}
summary{color:var(--soft);cursor:pointer;width:max-content}
summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.table{margin:26px 0}
.scroll{overflow-x:auto}
.scroll td:first-child{min-width:140px}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4;margin-top:6px}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:600;border-bottom-color:#aab4bf;vertical-align:bottom}
tbody th{font-weight:400}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.t{white-space:nowrap}
th.n,th.t{white-space:normal}
.nothing{background:var(--tint);color:var(--soft);padding:14px 16px;margin:8px 0 0;border-radius:4px}
.note{color:var(--soft);font-size:13px;margin:6px 0 0}
footer{margin-top:44px;padding-top:14px;border-top:1px solid var(--line);color:var(--soft);font-size:13px;line-height:1.5}
footer p{margin:0}
@media (max-width:520px){main{padding:20px 16px}h1{font-size:25px}.numbers{display:block}.numbers>div{padding:12px 0}.numbers>div+div{border-left:0;border-top:1px solid var(--line);padding-left:0}table{font-size:13px}th,td{padding-right:10px}.scroll td:first-child{min-width:120px}.chart text{font-size:18px}.lying text{font-size:19px}.ends{display:none}.narrow{display:inline}}
@media print{@page{size:A4;margin:16mm 15mm 18mm}body{font-size:10.5pt}main{max-width:none;padding:0}h1{font-size:22pt}h2{break-after:avoid}h3{break-after:avoid}details{display:none}details.rest{display:block}details.rest::details-content{content-visibility:visible;block-size:auto}figure.cut{break-inside:auto}.cut .chart{break-inside:avoid}.scroll{overflow:visible}tr{break-inside:avoid}thead{display:table-header-group}figure{margin:16pt 0}.numbers,.nothing,.table h3{break-inside:avoid}.numbers b{font-size:20pt}footer{break-inside:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`
  .trim()
  .replaceAll('\n', '')
