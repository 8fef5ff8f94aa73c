// Texts and habits of languages, out of the host's data. A language that is not there is refused: better no answer than an English one.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const w = (text) => text.split(' ');
  const u = (text) => text.split('_');
  // Languages that the date library has and the data has not. What neither knows is taken for English, as V8 does.
  const KNOWN = /^(af|am|as|az|be|bn|bs|cy|et|eu|fa|fil|ga|gl|gu|hy|is|ka|kk|km|kn|ky|lo|lt|lv|mk|ml|mn|mr|my|ne|or|pa|ps|sd|si|sl|so|sq|sr|sw|ta|te|th|tk|ur|uz|yue|zu)$/;
  const TAG = /^(?:[a-z]{2,3}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/i;
  const isTable = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
  const read = (tag) => { const text = H.localeData(tag); return text === undefined || text === null ? undefined : JSON.parse(text); };
  const over = (base, own) => {
    const out = { ...base };
    for (const [key, value] of Object.entries(own)) out[key] = isTable(value) && isTable(base[key]) ? { ...base[key], ...value } : value ?? undefined;
    return out;
  };
  const cache = new Map();
  X.locale = (wanted) => {
    const list = Array.isArray(wanted) ? wanted : [wanted];
    const tag = list.length && list[0] !== undefined ? `${list[0]}` : 'en-US';
    if (!cache.has(tag)) cache.set(tag, load(tag));
    return cache.get(tag);
  };
  const load = (tag) => {
    if (!TAG.test(tag)) throw new RangeError('Incorrect locale information provided');
    const [bare, extension = ''] = tag.split(/-u-/i);
    const parts = bare.split('-');
    const language = parts[0].toLowerCase() === 'no' ? 'nb' : parts[0].toLowerCase();
    const traditional = language === 'zh' && parts.some((p) => /^hant$/i.test(p)) ? 'TW' : undefined;
    const region = parts.find((p, i) => i > 0 && /^([a-z]{2}|\d{3})$/i.test(p))?.toUpperCase() ?? traditional;
    const base = read(language);
    if (!base && KNOWN.test(language)) X.fail(`The locale "${tag}" is not there yet`, 'unsupported');
    const name = base && region ? `${language}-${region}` : language;
    const own = base && region ? read(name) : undefined;
    const data = base ? over(base, own ?? {}) : read('en');
    if (/\bnu-latn\b/.test(extension)) data.digits = undefined;
    return { ...data, language: base ? language : 'en', name: base ? name : 'en-US' };
  };
  X.narrow = (locale, index, days) => (days ? locale.days : locale.months)[4][index];

  // Names of time zones: [winter, summer] long, then short where English has one.
  const META = {
    europeCentral: { en: u('Central European Standard Time_Central European Summer Time'), de: u('Mitteleuropäische Normalzeit_Mitteleuropäische Sommerzeit'), es: u('hora estándar de Europa central_hora de verano de Europa central'), pt: u('Horário Padrão da Europa Central_Horário de Verão da Europa Central'), fr: u('heure normale d’Europe centrale_heure d’été d’Europe centrale'), short: { de: w('MEZ MESZ'), es: w('CET CEST') } },
    europeWest: { en: u('Western European Standard Time_Western European Summer Time') },
    europeEast: { en: u('Eastern European Standard Time_Eastern European Summer Time'), short: { de: w('OEZ OESZ') } },
    brasilia: { en: u('Brasilia Standard Time_Brasilia Summer Time'), de: u('Brasília-Normalzeit_Brasília-Sommerzeit'), pt: u('Horário Padrão de Brasília_Horário de Verão de Brasília'), es: u('hora estándar de Brasilia_hora de verano de Brasilia'), fr: u('heure normale de Brasilia_heure d’été de Brasilia'), short: { pt: w('BRT BRST') } },
    eastern: { en: u('Eastern Standard Time_Eastern Daylight Time'), short: { en: w('EST EDT') } },
    central: { en: u('Central Standard Time_Central Daylight Time'), short: { en: w('CST CDT') } },
    mountain: { en: u('Mountain Standard Time_Mountain Daylight Time'), short: { en: w('MST MDT') } },
    pacific: { en: u('Pacific Standard Time_Pacific Daylight Time'), short: { en: w('PST PDT') } },
    japan: { en: u('Japan Standard Time_Japan Daylight Time') },
    india: { en: u('India Standard Time_India Standard Time') },
    nepal: { en: u('Nepal Time_Nepal Time') },
    china: { en: u('China Standard Time_China Daylight Time') },
    london: { en: u('Greenwich Mean Time_British Summer Time'), short: { 'en-GB': w('GMT BST') } },
    sydney: { en: u('Australian Eastern Standard Time_Australian Eastern Daylight Time') },
    moscow: { en: u('Moscow Standard Time_Moscow Summer Time') },
    utc: { en: u('Coordinated Universal Time_Coordinated Universal Time'), de: u('Koordinierte Weltzeit_Koordinierte Weltzeit'), pt: u('Horário Universal Coordenado_Horário Universal Coordenado'), es: u('tiempo universal coordinado_tiempo universal coordinado'), fr: u('temps universel coordonné_temps universel coordonné'), short: { en: w('UTC UTC'), de: w('UTC UTC'), es: w('UTC UTC'), pt: w('UTC UTC'), fr: w('UTC UTC') } },
  };
  const ZONES = {
    europeCentral: 'Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Amsterdam Europe/Brussels Europe/Vienna Europe/Zurich Europe/Stockholm Europe/Oslo Europe/Copenhagen Europe/Warsaw Europe/Prague Europe/Budapest Europe/Belgrade',
    europeWest: 'Europe/Lisbon', europeEast: 'Europe/Athens Europe/Helsinki Europe/Bucharest Europe/Kiev Europe/Kyiv Europe/Sofia',
    brasilia: 'America/Sao_Paulo America/Bahia America/Fortaleza America/Recife', eastern: 'America/New_York America/Toronto America/Detroit EST5EDT',
    central: 'America/Chicago America/Winnipeg CST6CDT', mountain: 'America/Denver America/Phoenix', pacific: 'America/Los_Angeles America/Vancouver',
    japan: 'Asia/Tokyo', india: 'Asia/Kolkata Asia/Calcutta', nepal: 'Asia/Kathmandu', china: 'Asia/Shanghai', london: 'Europe/London',
    sydney: 'Australia/Sydney Australia/Melbourne', moscow: 'Europe/Moscow', utc: 'UTC Etc/UTC GMT Etc/GMT',
  };
  const metaOf = new Map(Object.entries(ZONES).flatMap(([meta, zones]) => zones.split(' ').map((zone) => [zone.toLowerCase(), META[meta]])));
  const LONG = new Set(['en', 'de', 'fr', 'es', 'pt', 'sv', 'tr', 'ar']);
  const offsetName = (minutes, locale, long) => {
    const prefix = locale.utc ?? 'GMT';
    if (!minutes) return prefix;
    const abs = Math.abs(minutes);
    const h = Math.floor(abs / 60), m = Math.floor(abs % 60);
    const sign = minutes < 0 ? (locale.utc ? '\u2212' : '-') : '+';
    const hours = long ? String(h).padStart(2, '0') : h;
    return `${prefix}${sign}${hours}${long || m ? `:${String(m).padStart(2, '0')}` : ''}`;
  };
  X.zoneName = (zone, ts, locale, long) => {
    const minutes = X.offsetOf(zone, ts);
    const meta = metaOf.get(zone.toLowerCase());
    const summer = H.zoneIsDst(zone, ts) ? 1 : 0;
    const names = long ? meta?.[locale.language] : meta?.short?.[locale.name] ?? (locale.name === 'en-GB' ? undefined : meta?.short?.[locale.language]);
    if (long && !names && !LONG.has(locale.language)) X.fail(`Names of time zones in "${locale.name}" are not there yet`, 'unsupported');
    return names ? names[summer] : !long && meta === META.utc ? 'UTC' : offsetName(minutes, locale, long);
  };
  X.offsetName = offsetName;

  // Minutes east of Greenwich; NaN where the zone is unknown.
  X.offsetOf = (zone, ts) => {
    const fixed = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone);
    if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0));
    return H.zoneOffset(zone, ts);
  };
  X.systemZone = 'UTC';
})
