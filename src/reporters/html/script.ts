/**
 * The page's script: filters, and keys to go from finding to finding. Without it everything is there, only unfiltered. It puts no
 * text of the report into HTML.
 */
export const SCRIPT = `"use strict";(()=>{
const all=(s,r)=>[...(r||document).querySelectorAll(s)],byId=i=>document.getElementById(i);
const form=byId("filter"),status=byId("status"),migrations=all("section.m"),items=all("li[data-r]");
const texts=new Map();
const textOf=li=>{let t=texts.get(li);if(t===undefined){t=(li.closest("section.m").firstElementChild.textContent+" "+li.parentElement.parentElement.textContent).toLowerCase();texts.set(li,t)}return t};
const apply=()=>{
const q=byId("q").value.trim().toLowerCase(),rule=byId("rule").value,table=byId("table").value;
const off=new Set(all("[name=severity]").filter(c=>!c.checked).map(c=>c.value));let shown=0;
for(const li of items){const ok=!off.has(li.dataset.s)&&(rule===""||li.dataset.r===rule)&&(table===""||(" "+li.parentElement.parentElement.dataset.t+" ").includes(" "+table+" "))&&(q===""||textOf(li).includes(q));li.hidden=!ok;if(ok)shown++}
for(const f of all(".f"))f.hidden=all("li[data-r]",f).every(li=>li.hidden);
for(const m of migrations)m.hidden=all(".f",m).every(f=>f.hidden);
status.textContent=shown+" of "+items.length+" findings shown"};
let timer;form.addEventListener("input",()=>{clearTimeout(timer);timer=setTimeout(apply,80)});
form.addEventListener("submit",e=>{e.preventDefault();apply()});
form.addEventListener("reset",()=>setTimeout(apply));
document.addEventListener("click",e=>{
const pick=e.target.closest("[data-pick]");
if(pick){byId(pick.dataset.pick).value=pick.dataset.value;apply();form.scrollIntoView();byId(pick.dataset.pick).focus();return}
const link=e.target.closest(".line a,.h a");
if(link){const m=byId(link.hash.slice(1));if(m&&m.hidden){form.reset();apply()}}});
let at=-1;
document.addEventListener("keydown",e=>{
if(e.ctrlKey||e.metaKey||e.altKey||/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName))return;
if(e.key==="/"){e.preventDefault();byId("q").focus();return}
const step=e.key==="j"?1:e.key==="k"?-1:0;if(!step)return;
const seen=items.filter(li=>!li.hidden);if(!seen.length)return;
const now=seen.indexOf(document.activeElement);at=now<0?(step>0?0:seen.length-1):Math.max(0,Math.min(seen.length-1,now+step));
seen[at].focus();seen[at].scrollIntoView({block:"center"})});
form.hidden=false;for(const b of all("[data-pick]"))b.disabled=false;apply()})();`;
