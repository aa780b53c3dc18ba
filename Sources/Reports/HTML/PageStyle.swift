import ReconcileCore

/// The page's only style sheet: for the screen, for A4 paper, and for readers who see no colours.
enum PageStyle {
  /// The text of the style element. It may hold no `<`.
  static func text(_ period: Period) -> String {
    """

    :root { color-scheme: light dark; --ink: #1b2330; --soft: #5a6575; --rule: #cfd6df; --faint: #eef1f5;
      --paper: #ffffff; --accent: #1f3a5f; --bad: #a31515; --badpaper: #fdeeee; --good: #1c6b2f; }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.5rem; max-width: 92rem; background: var(--paper); color: var(--ink);
      font: 15px/1.45 "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
    h1, h2, h3, h4 { line-height: 1.2; color: var(--accent); break-after: avoid; }
    h1 { margin: 0 0 .3rem; font-size: 1.9rem; }
    h2 { margin: 2.5rem 0 .8rem; padding-bottom: .25rem; font-size: 1.4rem; border-bottom: 2px solid var(--accent); }
    h3 { margin: 1.6rem 0 .5rem; font-size: 1.08rem; }
    h4 { margin: 1.2rem 0 0; font-size: 1rem; }
    p { margin: .4rem 0 .8rem; }
    a { color: var(--accent); }
    .note, caption, small { color: var(--soft); }
    nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 1rem 0 0; padding: 0; list-style: none; }
    ul.short, ul.sources, ul.plain, .alarm { margin: .5rem 0; padding: 0; list-style: none; }
    ul.short li, ul.sources li, ul.plain li { margin: .25rem 0; }
    ul.short li.good, ul.short li.bad { font-weight: 600; }
    .alarm { padding: .6rem .9rem; border: 2px solid var(--bad); background: var(--badpaper); }
    .alarm li { margin: .2rem 0; font-weight: 700; }
    .alarm, .bad, .more, .differs td:last-child { color: var(--bad); }
    .good { color: var(--good); }
    .tally { font-size: 1.05rem; }
    table { width: 100%; margin: .4rem 0 1.2rem; border-collapse: collapse; font-size: .86rem; }
    caption { padding-bottom: .35rem; text-align: left; }
    th, td { padding: .32rem .5rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top;
      overflow-wrap: anywhere; }
    thead th { position: sticky; top: 0; background: var(--faint); border-bottom: 2px solid var(--accent);
      vertical-align: bottom; overflow-wrap: normal; }
    thead td { background: var(--faint); border: 0; }
    thead th.group { position: static; text-align: center; border-bottom: 1px solid var(--rule); }
    tbody th { min-width: 7rem; font-weight: 600; }
    tbody th small { font-weight: 400; }
    td.n, thead th.n { text-align: right; }
    td.n { font-variant-numeric: tabular-nums; overflow-wrap: normal; white-space: nowrap; }
    td.day, td.word { white-space: nowrap; }
    td.zero { color: var(--soft); }
    td.open, td.done { white-space: nowrap; }
    td.open { font-weight: 600; }
    th.finding { min-width: 13rem; }
    td.about { min-width: 12rem; }
    td.minus { color: var(--bad); }
    td.prose { min-width: 18rem; }
    td.digest { font: .78rem/1.4 "DejaVu Sans Mono", "Liberation Mono", monospace; }
    tr.total th, tr.total td { border-top: 2px solid var(--accent); font-weight: 700; }
    tr.differs td, tr.differs th { background: var(--badpaper); }
    tr:target td, tr:target th { background: var(--faint); }
    .g { margin-left: .16em; }
    #sign-off td, #sign-off tbody th { height: 2.6rem; }
    #sign-off td { border-left: 1px solid var(--rule); }
    dl { margin: .3rem 0 1rem; }
    dl div { display: grid; grid-template-columns: 15rem 1fr; gap: 1rem; padding: .2rem 0; border-bottom: 1px solid var(--rule); }
    dt { font-weight: 600; overflow-wrap: anywhere; }
    dd { margin: 0; overflow-wrap: anywhere; }
    details { margin: .2rem 0 1rem; }
    details summary { color: var(--soft); cursor: pointer; }
    .chart { display: block; width: 100%; max-width: 66rem; height: auto; }
    .chart text { fill: var(--ink); font-size: 132px; }
    .chart text.small { fill: var(--soft); font-size: 112px; }
    .chart text.strong { font-weight: 700; }
    .chart text.end { text-anchor: end; }
    .chart text.end.strong { text-anchor: end; }
    .chart text.middle { text-anchor: middle; }
    .chart line { stroke: var(--soft); stroke-width: 8; }
    .chart rect { stroke: var(--accent); stroke-width: 12; fill: var(--accent); }
    .chart rect.money { stroke: none; }
    .chart rect.settled { fill: var(--rule); }
    .chart rect.accepted { fill: var(--paper); stroke-dasharray: 40 24; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --ink: #e4e8ee; --soft: #a3adba; --rule: #3a4350; --faint: #222a35; --paper: #151b23; --accent: #9cc1f0;
        --bad: #ff9c93; --badpaper: #3a1f22; --good: #8fd3a0; }
    }
    @page { size: A4 landscape; margin: 12mm 11mm 15mm;
      @bottom-left { content: "Reconciliation \(period.from) to \(period.to)"; font: 8pt Arial, sans-serif; color: #5a6575; }
      @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt Arial, sans-serif; color: #5a6575; } }
    @media print {
      body { max-width: none; padding: 0; font-size: 9pt; }
      h1 { font-size: 17pt; } h2 { margin-top: 7mm; font-size: 13pt; } h3 { font-size: 10.5pt; } h4 { font-size: 9.5pt; }
      nav, details { display: none; }
      section.long { break-before: page; }
      section.long h2 { margin-top: 0; }
      table { font-size: 7.6pt; }
      .chart { max-width: 215mm; }
      tbody tr:first-child { break-before: avoid; }
      th.finding { min-width: 40mm; }
      td.about { min-width: 36mm; }
      td.digest { font-size: 6.4pt; }
      tbody th { min-width: 0; }
      dl { columns: 2; column-gap: 10mm; font-size: 8pt; }
      dl div { grid-template-columns: 42mm 1fr; gap: 3mm; }
      ul.plain { font-size: 8.5pt; }
      thead { display: table-header-group; }
      thead th { position: static; }
      tr, .chart, .alarm, dl div, li, #orders, #payments, #match-status, #ageing, #providers, #inputs, #sign-off {
        break-inside: avoid; }
      caption { break-after: avoid; }
      td.prose { min-width: 60mm; }
      th, td { padding: .65mm 1.3mm; }
      tr.differs td, tr.differs th, thead th, .alarm, .chart rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """
  }
}
