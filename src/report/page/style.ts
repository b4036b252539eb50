/** How a report looks: light, dark, on a phone and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#58616d;--rule:#d8dce2;--card:#f4f6f8;
--mail:#1f5aa8;--post:#a94a12;--asset:#6a4aa3;--shared:#19705a;--bad:#a8201a;
--f1:#c3d5ee;--f2:#7ba3da;--f3:#2f6bb8;--f4:#123a70;--before:#8a929e}
@media (prefers-color-scheme:dark){:root{--paper:#13161a;--ink:#e9ebee;--soft:#a7afba;--rule:#353c46;--card:#1c2127;
--mail:#82b4ff;--post:#f2a36e;--asset:#bda6f5;--shared:#66d0b0;--bad:#ff9189;
--f1:#2a3c55;--f2:#3f69a6;--f3:#72a5ee;--f4:#cfe2ff;--before:#808996}}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#1b1f24;--soft:#58616d;--rule:#d8dce2;--card:#f4f6f8;
--mail:#1f5aa8;--post:#a94a12;--asset:#6a4aa3;--shared:#19705a;--bad:#a8201a;
--f1:#c3d5ee;--f2:#7ba3da;--f3:#2f6bb8;--f4:#123a70;--before:#8a929e}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 -apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;
-webkit-text-size-adjust:100%;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main,header,footer{max-width:56rem;margin:0 auto;padding:0 1.25rem;overflow-wrap:break-word}
header{padding-top:3rem}
header p{margin:0;color:var(--soft)}
header .kind{font-size:.8125rem;font-weight:600;letter-spacing:.08em;text-transform:uppercase;color:var(--mail)}
h1{font-size:2.375rem;line-height:1.15;letter-spacing:-.02em;margin:.25rem 0 .5rem;text-wrap:balance}
h2{font-size:1.375rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .75rem}
section{padding:2rem 0 0;margin:2rem 0 0;border-top:1px solid var(--rule)}
section p{max-width:44rem;margin:.5rem 0 1rem}
small{display:block;color:var(--soft);font-size:.8125rem;line-height:1.4;font-weight:400}
.title{font-weight:600}
.soft{color:var(--soft)}
.overdue{color:var(--bad);font-weight:600}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.75rem,1fr));gap:.75rem;margin:0}
.figures div{background:var(--card);border-radius:.5rem;padding:.875rem 1rem;break-inside:avoid}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:.125rem 0 0;font-size:1.875rem;line-height:1.2;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.figures small{margin-top:.25rem;letter-spacing:0}
table{border-collapse:collapse;width:100%;margin:1rem 0 0;font-size:.9375rem;line-height:1.4}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding:0 0 .25rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--rule);font-weight:400}
thead th{color:var(--soft);font-size:.8125rem;line-height:1.3;vertical-align:bottom;border-bottom-color:var(--soft)}
th:last-child,td:last-child{padding-right:0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
td,th.words{overflow-wrap:anywhere}
.date{white-space:nowrap}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead th.words,thead th{overflow-wrap:normal}thead .number{white-space:normal}
.number+.words{padding-left:1.25rem}
td.drawing{width:26%;min-width:5.5rem;padding-top:.6875rem}
figure{margin:0 0 .5rem;break-inside:avoid}
svg{display:block}
svg.drawing{margin-top:.5rem;overflow:visible}
svg text{font-size:12px;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .lane,svg .tick{fill:var(--soft)}
svg .lane{font-size:11px;font-weight:600;letter-spacing:.04em}
svg .value{font-weight:600}
svg text{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.axis{stroke:var(--soft)}
.rule{stroke:var(--rule)}
.day{stroke:var(--soft);stroke-dasharray:2 3}
.day.event{stroke:var(--ink);stroke-dasharray:none;stroke-width:1.5}
.day-name.event text{font-weight:650}
.paper{fill:var(--paper)}
.drop{stroke:var(--soft);stroke-dasharray:1 3}
.mail{fill:var(--mail)}.post{fill:var(--post)}.asset{fill:var(--asset)}.shared{fill:var(--shared)}
.fold{fill:none;stroke:var(--paper);stroke-width:1.5}
.hollow{fill:var(--paper);stroke:var(--post);stroke-width:2.5}
.column{fill:var(--f3)}
.bar{border-radius:2px;background:var(--card)}
.f1{fill:var(--f1)}.f2{fill:var(--f2)}.f3{fill:var(--f3)}.f4{fill:var(--f4)}
.growth{stroke-width:2.5;stroke-linecap:round}
.growth.this{stroke:var(--f3)}.growth.before{stroke:var(--before);stroke-dasharray:1 5}
.end.this{fill:var(--f3)}.end.before{fill:var(--before)}
.scale{stroke:var(--rule);stroke-width:2}
.dot{fill:var(--f3)}.dot.open{fill:var(--paper);stroke:var(--post);stroke-width:2}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;color:var(--soft);font-size:.8125rem;margin:.25rem 0 .75rem}
.legend span{display:inline-flex;align-items:center;gap:.375rem}
footer{margin-top:3rem;padding-bottom:3rem;color:var(--soft);font-size:.8125rem}
footer p{border-top:1px solid var(--rule);padding-top:1rem;margin:0}
@media screen and (max-width:38rem){
header{padding-top:1.75rem}h1{font-size:1.75rem}
.figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}
.figures dd{font-size:1.5rem}
svg .wide,svg .minor{display:none}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,th,td,caption{display:block}
tr{padding:.625rem 0;border-bottom:1px solid var(--rule)}
th,td{border:0;padding:.125rem 0}
td.words,td.number,td.date{display:grid;grid-template-columns:auto 1fr;column-gap:1rem;text-align:right;white-space:normal}
td.words:empty,td.number:empty,td.date:empty{display:none}
td.words::before,td.number::before,td.date::before{content:attr(data-head);color:var(--soft);text-align:left}
td.words>*,td.number>*,td.date>*{grid-column:2}
.number+.words{padding-left:0}
td.drawing{width:auto;padding:.375rem 0}
}
@media print{
@page{size:A4;margin:16mm 15mm}
body{font-size:10.5pt}
main,header,footer{max-width:none;padding:0}
header{padding-top:0}
h1{font-size:22pt}h2{font-size:14pt;break-after:avoid}
section{padding-top:5mm;margin-top:6mm}
.figures{grid-template-columns:repeat(4,minmax(0,1fr));gap:2.5mm}
.figures dd{font-size:18pt}
table{font-size:9.5pt}td.drawing{width:17%}
caption,thead,h2+p,.legend{break-after:avoid}
tbody tr:first-child{break-before:avoid}
thead{display:table-header-group}
tr,dl div,li{break-inside:avoid}
}
`;
