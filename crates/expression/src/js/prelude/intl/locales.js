// Texts and habits of languages. A language that is not here is refused: better no answer than an English one.
(function (H, G) {
  'use strict';
  const X = G.__kv_x;
  const w = (text) => text.split(' ');
  const u = (text) => text.split('_');
  // months: [long, short in a date, short alone]; days begin on Sunday.
  const LANGUAGES = {
    en: {
      months: [w('January February March April May June July August September October November December'), w('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec')],
      days: [w('Sunday Monday Tuesday Wednesday Thursday Friday Saturday'), w('Sun Mon Tue Wed Thu Fri Sat')],
      dayPeriods: ['AM', 'PM'], eras: [['BC', 'AD'], ['Before Christ', 'Anno Domini'], ['B', 'A']],
      decimal: '.', group: ',', at: ' at ', order: 'mdy', separator: '/',
    },
    de: {
      months: [w('Januar Februar März April Mai Juni Juli August September Oktober November Dezember'), w('Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.'), w('Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez')],
      days: [w('Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag'), w('So. Mo. Di. Mi. Do. Fr. Sa.'), w('So Mo Di Mi Do Fr Sa')],
      dayPeriods: ['AM', 'PM'], eras: [['v. Chr.', 'n. Chr.'], ['v. Chr.', 'n. Chr.'], ['v. Chr.', 'n. Chr.']],
      decimal: ',', group: '.', at: ' um ', order: 'dmy', separator: '.',
    },
    fr: {
      months: [w('janvier février mars avril mai juin juillet août septembre octobre novembre décembre'), w('janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.')],
      days: [w('dimanche lundi mardi mercredi jeudi vendredi samedi'), w('dim. lun. mar. mer. jeu. ven. sam.')],
      dayPeriods: ['AM', 'PM'], eras: [['av. J.-C.', 'ap. J.-C.'], ['avant Jésus-Christ', 'après Jésus-Christ'], ['av. J.-C.', 'ap. J.-C.']],
      decimal: ',', group: '\u202f', at: ' à ', order: 'dmy', separator: '/', padded: true, utc: 'UTC',
    },
    es: {
      months: [w('enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'), w('ene feb mar abr may jun jul ago sept oct nov dic')],
      days: [w('domingo lunes martes miércoles jueves viernes sábado'), w('dom lun mar mié jue vie sáb')], narrowDays: w('D L M X J V S'),
      dayPeriods: ['a.\u202fm.', 'p.\u202fm.'], eras: [['a. C.', 'd. C.'], ['antes de Cristo', 'después de Cristo'], ['a. C.', 'd. C.']],
      decimal: ',', group: '.', groupFrom: 5, at: ', ', atLong: ' a las ', order: 'dmy', separator: '/',
    },
    pt: {
      months: [w('janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'), w('jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.')],
      days: [w('domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado'), w('dom. seg. ter. qua. qui. sex. sáb.')],
      dayPeriods: ['AM', 'PM'], eras: [['a.C.', 'd.C.'], ['antes de Cristo', 'depois de Cristo'], ['a.C.', 'd.C.']],
      decimal: ',', group: '.', at: ' às ', order: 'dmy', separator: '/', padded: true,
    },
    sv: {
      months: [w('januari februari mars april maj juni juli augusti september oktober november december'), w('jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.')],
      days: [w('söndag måndag tisdag onsdag torsdag fredag lördag'), w('sön mån tis ons tors fre lör')],
      dayPeriods: ['fm', 'em'], eras: [['f.Kr.', 'e.Kr.'], ['före Kristus', 'efter Kristus'], ['f.Kr.', 'e.Kr.']],
      decimal: ',', group: '\u00a0', at: ' kl. ', order: 'ymd', separator: '-', padded: true, minus: '\u2212',
    },
    tr: {
      months: [w('Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık'), w('Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara')],
      days: [w('Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi'), w('Paz Pzt Sal Çar Per Cum Cmt')],
      dayPeriods: ['ÖÖ', 'ÖS'], eras: [['MÖ', 'MS'], ['milattan önce', 'milattan sonra'], ['MÖ', 'MS']],
      decimal: ',', group: '.', at: ' ', order: 'dmy', separator: '.', padded: true,
    },
    ar: {
      months: [u('يناير_فبراير_مارس_أبريل_مايو_يونيو_يوليو_أغسطس_سبتمبر_أكتوبر_نوفمبر_ديسمبر'), u('يناير_فبراير_مارس_أبريل_مايو_يونيو_يوليو_أغسطس_سبتمبر_أكتوبر_نوفمبر_ديسمبر')],
      days: [u('الأحد_الاثنين_الثلاثاء_الأربعاء_الخميس_الجمعة_السبت'), u('الأحد_الاثنين_الثلاثاء_الأربعاء_الخميس_الجمعة_السبت')],
      dayPeriods: ['ص', 'م'], eras: [['ق.م', 'م'], ['قبل الميلاد', 'ميلادي'], ['ق.م', 'م']],
      decimal: '٫', group: '٬', at: ' في ', order: 'dmy', separator: '\u200f/', digits: '٠١٢٣٤٥٦٧٨٩',
    },
  };
  const REGIONS = {
    'en-GB': { order: 'dmy', padded: true, twelve: false, weekStart: 1 },
    'en-IN': { order: 'dmy', indian: true, twelve: true },
    'en-US': { twelve: true }, en: { twelve: true },
    'en-CA': { order: 'ymd', separator: '-', padded: true, twelve: true }, 'en-AU': { order: 'dmy', padded: true, twelve: true },
    'de-CH': { group: "'", decimal: '.' }, 'de-AT': { group: '\u00a0' },
    'pt-PT': { group: '\u00a0', groupFrom: 5 },
    'fr-CH': {}, 'fr-CA': {}, 'es-MX': { decimal: '.', group: ',', groupFrom: 4 }, 'ar-EG': {},
  };
  const TWELVE = new Set(['en', 'en-US', 'en-IN', 'en-CA', 'en-AU', 'ar', 'ar-EG']);
  // What the engine does not know is taken for English, as a browser does; what is a language of its own is refused.
  const KNOWN = /^(af|am|as|az|be|bg|bn|bs|ca|cs|cy|da|el|et|eu|fa|fi|fil|ga|gl|gu|he|hi|hr|hu|hy|id|is|it|ja|ka|kk|km|kn|ko|ky|lo|lt|lv|mk|ml|mn|mr|ms|my|nb|ne|nl|nn|no|or|pa|pl|ps|ro|ru|sd|si|sk|sl|so|sq|sr|sw|ta|te|th|tk|uk|ur|uz|vi|yue|zh|zu)$/;
  const cache = new Map();
  X.locale = (wanted) => {
    const list = Array.isArray(wanted) ? wanted : [wanted];
    const tag = list.length && list[0] !== undefined ? `${list[0]}` : 'en-US';
    if (cache.has(tag)) return cache.get(tag);
    if (!/^[a-zA-Z]{2,8}([-_][a-zA-Z0-9]{1,8})*$/.test(tag)) throw new RangeError(`Incorrect locale information provided`);
    const parts = tag.split(/-u-/)[0].split(/[-_]/);
    const language = parts[0].toLowerCase();
    const region = parts.find((p, i) => i > 0 && p.length === 2);
    const name = region ? `${language}-${region.toUpperCase()}` : language;
    if (!LANGUAGES[language] && KNOWN.test(language)) X.fail(`The locale "${tag}" is not there yet`, 'unsupported');
    const own = LANGUAGES[language] ? language : 'en';
    const data = { ...LANGUAGES[own], ...(REGIONS[name] ?? {}), language: own, name: LANGUAGES[language] ? name : 'en-US', twelve: TWELVE.has(LANGUAGES[language] ? name : 'en-US') };
    cache.set(tag, data);
    return data;
  };
  X.narrow = (locale, index, days) => (days && locale.narrowDays ? locale.narrowDays[index] : [...(days ? locale.days : locale.months)[0][index]][0].toUpperCase());

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
    return names ? names[summer] : offsetName(minutes, locale, long);
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
