/** The page's style sheet: readable from a telephone to a wide screen, in light and dark. */
export const STYLE = `:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--soft:#59626e;--line:#d5dae1;--card:#f6f7f9;--error:#b3261e;--warning:#8a5300;--info:#1f5fbf;--low:#3d7a4a;--mark:#ffe08a;--k:#7a2fa0;--s:#0b6b4f;--d:#1f5fbf;--c:#667080;--link:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e6e9ed;--soft:#a5aebb;--line:#363c45;--card:#1c2026;--error:#ff8a80;--warning:#f2b84b;--info:#8ab8ff;--low:#86cf95;--mark:#5c4a00;--k:#d6a2f2;--s:#7fd6b4;--d:#8ab8ff;--c:#98a2b0;--link:#8ab8ff}}
*{box-sizing:border-box}body{margin:0 auto;max-width:90rem;padding:1rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:1.5rem 0 .5rem}h3{font-size:1.05rem;margin:0}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;background:var(--bg);padding:.5rem;z-index:2}
.soft{color:var(--soft)}.error{color:var(--error)}.warning{color:var(--warning)}.info{color:var(--info)}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;font-size:1.05rem;list-style:none;padding:0;margin:.5rem 0}
.line{display:flex;flex-wrap:wrap;align-items:flex-end;gap:2px;list-style:none;padding:0;margin:.5rem 0}
.line a,.line span{display:block;width:12px;height:28px;background:linear-gradient(var(--c),var(--c)) bottom/100% 30% no-repeat,var(--card);border:1px solid var(--line);border-radius:2px}
.line .medium{background:linear-gradient(var(--warning),var(--warning)) bottom/100% 60% no-repeat,var(--card)}.line .high{background:var(--error)}.line .low{background:linear-gradient(var(--low),var(--low)) bottom/100% 30% no-repeat,var(--card)}
.line .past{opacity:.45}.line .has{border:2px solid var(--fg)}
form{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;background:var(--bg);border-bottom:1px solid var(--line);padding:.5rem 0}
form[hidden]{display:none}label{display:block}fieldset{border:0;margin:0;padding:0;display:flex;gap:.8rem}legend{float:left;padding:0;margin-right:.6rem}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--c);border-radius:4px;padding:.25rem .4rem;max-width:100%;min-height:2rem}input[type=checkbox]{min-height:0}
select{width:14rem}
section.m{border:1px solid var(--line);border-radius:6px;margin:0 0 1rem;padding:.8rem;content-visibility:auto;contain-intrinsic-size:auto 30rem;scroll-margin-top:6rem}
.v{margin:.2rem 0 .4rem;padding-left:1.2rem;font-weight:600}.f{margin:.8rem 0 0;padding-top:.6rem;border-top:1px solid var(--line)}
.f ul{list-style:none;padding:0;margin:.4rem 0}.f li{margin:.2rem 0;scroll-margin-top:8rem}.help{margin:.1rem 0 0 1.4rem;color:var(--soft)}
.pair{display:grid;gap:.6rem}@media(min-width:60rem){.pair.two{grid-template-columns:1fr 1fr}}
figure{margin:0;min-width:0}figcaption{font-size:.85rem;color:var(--soft)}
pre{margin:0;padding:.5rem;background:var(--card);border:1px solid var(--line);border-radius:4px;overflow:auto;max-height:26rem;font:13px/1.5 ui-monospace,monospace;overflow-wrap:normal;tab-size:4}
pre i{font-style:normal;color:var(--soft);display:inline-block;min-width:2.5em;padding-right:.8em;text-align:right;user-select:none}pre b{font-weight:400}pre .k{color:var(--k)}pre .s{color:var(--s)}pre .d,pre .q{color:var(--d)}pre .c{color:var(--c)}mark{background:var(--mark);color:inherit}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
.t{border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 2.2rem}.h{list-style:none;margin:0;padding:0 0 .8rem}.h li{display:grid;gap:.1rem 1rem;padding:.35rem 0;border-top:1px solid var(--line);font-size:.9rem}.h code{font:13px/1.5 ui-monospace,monospace}@media(min-width:60rem){.h li{grid-template-columns:14rem 1fr 13rem 17rem}}
.link{background:none;border:0;padding:0;color:var(--link);text-decoration:underline;cursor:pointer;text-align:left;min-height:0}
summary{cursor:pointer;font-weight:600;padding:.3rem 0}[hidden]{display:none!important}
@media print{form,.skip{display:none}section.m{content-visibility:visible;break-inside:avoid}}`;
