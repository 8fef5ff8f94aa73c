// Lists sorted with comparisons, many of which contradict themselves; a digest of each order. v8.json is what Node.js makes of it.
let seed=42; const rnd=()=>(seed=(seed*16807)%2147483647)/2147483647;
const digest=(list)=>{let h=2166136261; for(const i of list) h=Math.imul(h^i,16777619)>>>0; return h};
const out={};
for (const n of [1,2,7,33,64,100,600,3000]) for (const kinds of [2,50,100000]) {
  const a=Array.from({length:n},(_,i)=>({i,x:Math.floor(rnd()*kinds)}));
  if (n>=600) for (let i=0;i<n/2;i++) a[i].x=Math.floor(i*kinds/n);
  const b=Array.from({length:n},(_,i)=>({i,x:i%Math.ceil(n/3)}));
  for (const [name,list] of [['a',a],['b',b]]) for (const [c,compare] of Object.entries({gt:(p,q)=>p.x>q.x?1:-1, lt:(p,q)=>p.x<q.x?-1:1, bool:(p,q)=>p.x>q.x, down:(p,q)=>q.x-p.x, ge:(p,q)=>p.x>=q.x?1:-1, odd:(p,q)=>(p.x*7+q.x*3)%5-2, never:()=>1, always:()=>-1}))
    out[`${name}${n}/${kinds} ${c}`]=digest(list.toSorted(compare).map(o=>o.i)) ^ digest([...list].sort(compare).map(o=>o.i)) ? -1 : digest(list.toSorted(compare).map(o=>o.i));
}
return out;
