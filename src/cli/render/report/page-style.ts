/** The whole style of a report's page; legible in the dark and on paper. */
export const pageStyle: string = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5c6670; --rule: #d5dae0; --back: #ffffff; --source: #2f6db3; --target: #b8530f; --bad: #a4262c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa4ae; --rule: #3a424a; --back: #15181b; --source: #7fb2ee; --target: #f0a160; --bad: #ff8f8f; } }
@media print { :root { --ink: #000; --soft: #444; --rule: #bbb; --back: #fff; --source: #2f6db3; --target: #b8530f; } }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.93em; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.8rem 0.25rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; } th, td.first { white-space: nowrap; }
pre { font-size: 0.85em; overflow-x: auto; border-left: 3px solid var(--rule); padding-left: 0.8rem; }
figure { margin: 1.2rem 0; } figcaption { color: var(--soft); font-size: 0.9em; }
svg { width: 100%; height: auto; }
.grid { stroke: var(--rule); stroke-width: 1; } .tick { fill: var(--soft); font-size: 12px; }
line.mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; } text.mark { fill: var(--soft); font-size: 11px; }
.line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.set { stroke: var(--soft); stroke-width: 3; } .measured, .target { stroke: var(--target); } .source { stroke: var(--source); stroke-dasharray: 6 4; }
.key { display: inline-block; margin-right: 1.2rem; } .key svg { width: 2rem; height: 0.7rem; margin-right: 0.4rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.9em; }
`;
