#include "report/HtmlStyle.hpp"

namespace boxtest::html {

HtmlWriter::Literal reportStyles() {
    return HtmlWriter::Literal(R"css(:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --text: #1c2330; --muted: #566072; --line: #d9dde4; --link: #1b57a5; --soft: #eef0f3;
  --good: #14603a; --good-soft: #dff2e6; --gap: #774600; --gap-soft: #fcefd2; --bad: #a11029; --bad-soft: #fde3e6;
  --open: #434c5b; --open-soft: #e6e9ee; --good-fill: #2f9e62; --gap-fill: #d9981e; --bad-fill: #d33a50; --open-fill: #a9b1bd;
  --template: #7c6bc4; --boot: #b0569f; --fork: #3d8fd1; --waiting: #b3bac5; --connecting: #38b0a8; --running: #2f9e62; --ending: #d9981e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11141a; --card: #191e26; --text: #e3e7ee; --muted: #a5aebd; --line: #333b48; --link: #8ab8f5; --soft: #222833;
    --good: #86dba8; --good-soft: #14331f; --gap: #f1c675; --gap-soft: #3a2b0b; --bad: #ff9eaa; --bad-soft: #47151e;
    --open: #c3cad6; --open-soft: #2a313d; --good-fill: #37a468; --gap-fill: #c98c1d; --bad-fill: #d9485d; --open-fill: #5d6675;
    --waiting: #5d6675;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .86em; }
code { overflow-wrap: anywhere; }
pre { margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.4; }
a { color: var(--link); text-underline-offset: .15em; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; background: var(--card); padding: .6rem 1rem; z-index: 2; }
.skip:focus { left: .5rem; top: .5rem; }
h1, h2, h3, h4 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.5rem; margin: 0 0 .75rem; }
h3 { font-size: 1.1rem; margin: 1.75rem 0 .6rem; }
h4 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
p { margin: .4rem 0; max-width: 74ch; }
p, dt, dd, li, summary, figcaption, .sentence, .promise, .badge { overflow-wrap: anywhere; min-width: 0; }
small { color: var(--muted); font-size: .82em; }
.inner, nav, main, footer { max-width: 76rem; margin: 0 auto; padding-left: 1.25rem; padding-right: 1.25rem; }
.verdict { border-bottom: 1px solid var(--line); background: var(--card); border-top: .5rem solid var(--open-fill); }
.verdict.good { border-top-color: var(--good-fill); } .verdict.gap { border-top-color: var(--gap-fill); } .verdict.bad { border-top-color: var(--bad-fill); }
.verdict .inner { padding-top: 1.5rem; padding-bottom: 1.5rem; }
.verdict .over { color: var(--muted); margin: 0; }
.verdict h1 { font-size: clamp(2.1rem, 6vw, 3.2rem); margin: .1rem 0 .2rem; letter-spacing: -.02em; }
.verdict.good h1 { color: var(--good); } .verdict.bad h1 { color: var(--bad); } .verdict.open h1 { color: var(--open); }
.verdict .sentence { font-size: 1.2rem; margin: 0 0 1rem; }
.verdict .under { color: var(--muted); margin-bottom: 0; }
.verdict h2 { font-size: 1.1rem; margin: 1rem 0 .25rem; }
.verdict .counts svg { display: block; width: 100%; height: .7rem; border-radius: .35rem; }
.verdict .counts ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0; margin: .5rem 0; }
.verdict .counts strong { font-size: 1.25rem; font-variant-numeric: tabular-nums; }
strong.good { color: var(--good); } strong.gap { color: var(--gap); } strong.bad { color: var(--bad); } strong.open { color: var(--open); }
.fill.good { fill: var(--good-fill); } .fill.gap { fill: var(--gap-fill); } .fill.bad { fill: var(--bad-fill); } .fill.open { fill: var(--open-fill); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem .5rem; padding: 1rem 0 0; margin: 0; }
nav a { display: inline-block; padding: .3rem .75rem; border: 1px solid var(--line); border-radius: 999px; background: var(--card); text-decoration: none; font-size: .92rem; }
nav a:hover { text-decoration: underline; }
main > section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; margin: 1.25rem 0; }
footer { color: var(--muted); padding-bottom: 2rem; font-size: .9rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: .75rem 1.5rem; margin: .5rem 0; }
.facts dt { color: var(--muted); font-size: .82rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.facts .wide { grid-column: 1 / -1; }
.facts.commands { grid-template-columns: 1fr; gap: .4rem; }
.facts.versions { grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); }
.facts.records { font-size: .92rem; gap: .3rem 1.5rem; }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 999px; font-size: .8rem; font-weight: 600; white-space: nowrap; background: var(--open-soft); color: var(--open); }
.badge.good { background: var(--good-soft); color: var(--good); } .badge.gap { background: var(--gap-soft); color: var(--gap); } .badge.bad { background: var(--bad-soft); color: var(--bad); }
details > summary { cursor: pointer; }
.claim { border: 1px solid var(--line); border-left: .35rem solid var(--open-fill); border-radius: .5rem; margin: .5rem 0; padding: 0 1rem; }
.claim.good { border-left-color: var(--good-fill); } .claim.gap { border-left-color: var(--gap-fill); } .claim.bad { border-left-color: var(--bad-fill); }
.claim > summary { list-style: none; display: grid; grid-template-columns: 6.2rem 1fr auto 1rem; gap: .25rem .75rem; align-items: baseline; padding: .6rem 0; }
.claim > summary::-webkit-details-marker { display: none; }
.claim > summary::after { content: "▸"; content: "▸" / ""; color: var(--muted); } .claim[open] > summary::after { content: "▾"; content: "▾" / ""; }
.claim > summary .counts { color: var(--muted); font-size: .88rem; text-align: right; font-variant-numeric: tabular-nums; }
.claim[open] > summary { border-bottom: 1px solid var(--line); }
.small { color: var(--muted); font-size: .85rem; margin: .15rem 0; max-width: none; }
.scenarios { list-style: none; padding: 0; margin: .5rem 0; }
.scenarios > li { padding: .6rem 0; border-top: 1px solid var(--line); } .scenarios > li:first-child { border-top: 0; }
.scenarios .line { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; }
.scenarios .sentence { flex: 1 1 18rem; } .scenarios .time { color: var(--muted); font-size: .88rem; font-variant-numeric: tabular-nums; }
.evidence { margin: .3rem 0; padding-left: 1.1rem; font-size: .92rem; }
details.text { margin: .35rem 0; } details.text > pre { background: var(--soft); border-radius: .4rem; padding: .6rem .8rem; }
.failure { border-top: 1px solid var(--line); padding-top: .25rem; margin-top: 1.25rem; } .failure:first-of-type { border-top: 0; margin-top: 0; }
.failure h3 { margin-top: 1rem; }
.finding { border-left: .25rem solid var(--bad-fill); background: var(--soft); border-radius: 0 .4rem .4rem 0; padding: .5rem .8rem; margin: .4rem 0; }
.scroll { overflow-x: auto; margin: .75rem 0; max-width: 100%; }
table { border-collapse: collapse; font-size: .9rem; } caption { text-align: left; color: var(--muted); padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border: 1px solid var(--line); } thead th { background: var(--soft); white-space: nowrap; }
td small { display: block; } td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.added td:first-child, tr.removed td:first-child { white-space: nowrap; } table.compact th, table.compact td { border-width: 0 0 1px; } th .key { width: .8em; height: .8em; margin-right: .5em; vertical-align: -.05em; }
tbody th { font-weight: 500; } .matrix { font-size: .84rem; } .matrix th, .matrix td { padding: .3rem .45rem; } .matrix tbody th { min-width: 6.5rem; max-width: 22rem; overflow-wrap: anywhere; position: sticky; left: 0; background: var(--card); }
th.probe { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .8rem; }
td.entered { background: var(--good-soft); color: var(--good); } td.refused { color: var(--muted); } td.possible { background: var(--gap-soft); color: var(--gap); }
td.wrong, td.odd, tr.added td, tr.removed td { background: var(--bad-soft); color: var(--bad); } td.none { color: var(--muted); font-style: italic; }
td.entered small, td.possible small, td.wrong small, td.odd small { color: inherit; }
.asked details.text { margin: 0; } .asked pre { margin: 0; min-width: 14rem; max-height: none; }
.doors { columns: 3 18rem; column-gap: 1rem; margin-top: .75rem; }
.zone { border: 2px solid var(--line); border-radius: .6rem; padding: .75rem 1rem; margin: 0 0 1rem; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.zone li { break-inside: avoid; } .zone.network { border-color: var(--bad-fill); } .zone.loopback { border-color: var(--gap-fill); } .zone.some { border-color: var(--good-fill); } .zone.everybody { border-color: var(--fork); }
.zone h3 { margin: 0; font-size: 1rem; } .zone p { margin: 0 0 .5rem; color: var(--muted); font-size: .88rem; } .zone ul { list-style: none; margin: 0; padding: 0; }
.zone li { border-top: 1px solid var(--line); padding: .35rem 0; display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; font-size: .92rem; overflow-wrap: anywhere; min-width: 0; } .zone li span { flex-basis: 100%; color: var(--text); min-width: 0; } .zone li strong, .zone li small { min-width: 0; }
.bars { list-style: none; padding: 0; margin: .75rem 0; max-width: 52rem; } .bars li { display: grid; grid-template-columns: 13rem 1fr 9rem; gap: .75rem; align-items: center; padding: .3rem 0; } .bars svg { width: 100%; height: 1.1rem; display: block; border-radius: .25rem; } .bars .track { fill: var(--soft); } .bars .mark { fill: var(--text); } .bars .value { font-variant-numeric: tabular-nums; font-size: .92rem; } .bars .name { overflow-wrap: anywhere; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; } figure { margin: 0; } figure img { width: 100%; height: auto; border: 1px solid var(--line); border-radius: .4rem; display: block; } figcaption { font-size: .9rem; padding-top: .35rem; overflow-wrap: anywhere; }
.time-line { display: block; } .time-line text { font-size: 12px; fill: var(--muted); } .tick { stroke: var(--line); stroke-width: 1; }
.phase { fill: var(--open-fill); } .phase.template { fill: var(--template); } .phase.boot { fill: var(--boot); } .phase.fork { fill: var(--fork); } .phase.waiting { fill: var(--waiting); } .phase.connecting { fill: var(--connecting); } .phase.running { fill: var(--running); } .phase.ending { fill: var(--ending); }
@media (max-width: 44rem) {
  .inner, nav, main, footer { padding-left: .85rem; padding-right: .85rem; }
  main > section { padding: 1rem .9rem; margin: .85rem 0; border-radius: .6rem; }
  .claim { padding: 0 .75rem; } .claim > summary { grid-template-columns: auto 1fr 1rem; } .claim > summary .promise { grid-column: 1 / 3; grid-row: 2; } .claim > summary .counts { grid-column: 2; grid-row: 1; } .claim > summary::after { grid-column: 3; grid-row: 1; }
  .bars li { grid-template-columns: 1fr auto; gap: .15rem .5rem; } .bars svg { grid-column: 1 / 3; grid-row: 2; }
  table { font-size: .84rem; } th, td { padding: .3rem .45rem; } .matrix tbody th { max-width: 9rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --text: #000; --muted: #444; --line: #bbb; --soft: #f2f2f2; --link: #000; --good: #14603a; --good-soft: #dff2e6; --gap: #774600; --gap-soft: #fcefd2; --bad: #a11029; --bad-soft: #fde3e6; --open: #434c5b; --open-soft: #e6e9ee; }
  @page { margin: 15mm; }
  body { font-size: 9.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .skip { display: none; } main > section { border: 0; padding: 0; margin: 1.5rem 0; } .inner, main, footer { padding: 0; max-width: none; }
  details::details-content { content-visibility: visible; display: block; } .claim > summary::after { content: ""; }
  .scroll { overflow: visible; } .time-line { width: 100%; height: auto; } table { font-size: 7.5pt; width: 100%; } .matrix tbody th { position: static; min-width: 0; } .asked pre { min-width: 0; }
  h2, h3, h4, summary { break-after: avoid; } tr, figure, .bars li, .scenarios .line { break-inside: avoid; }
}
)css");
}

}  // namespace boxtest::html
