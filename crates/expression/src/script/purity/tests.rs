use super::{CHANGES, Purity};
use crate::program::{Body, Program, beyond};

fn of(code: &str) -> Purity {
    Program::new(&format!("={{{{ {code} }}}}")).purity
}

#[test]
fn common_expressions_are_pure() {
    for code in [
        "$json.a.toUpperCase()",
        "$json.first + ' ' + $json.last",
        "`${$json.first} ${$json.last ?? 'x'}`",
        "$('X').item.json.y",
        "$('X').first().json.y.trim()",
        "$('X').all().length + $('X')?.item?.json?.z",
        "$node['X'].json.y + $node.X.json['z']",
        "$input.all().map(item => item.json.id)",
        "$items('X')[0].json.y.trim()",
        "$item(0).$node['X'].json.y.trim()",
        "$json.name.toTitleCase().extractEmail()",
        "$json.a?.b?.[0]?.c ? 'yes' : $json.n > 3",
        "$json.list.map(x => x.id).join(',')",
        "$json.list.filter(Boolean).map(Number).sort((a, b) => a - b)",
        "Object.entries($json).map(([key, value]) => `${key}=${value}`)",
        "Object.assign({}, $json, {a: 1})",
        "Math['max'](1)",
        "$node['X']['json']['y'] + $json.list[0] + $json.list[$json.list.length - 1] + $json.list[$itemIndex]",
        "$json[$json.key] + $json.list[$json.key].name",
        "({...$json, list: [...new Set($json.list)]})",
        "JSON.stringify($json)",
        "JSON.parse($json.text).a",
        "Math.round($json.price * 100) / 100 + Math.PI",
        "Number($json.a) + parseInt($json.b, 10)",
        "$json.text.replace(/[^a-z]/gi, '').split(' ')[0]",
        "$if($json.a > 1, 'a', $json.b.trim())",
        "$json.a.isEmpty() || $json.list.isNotEmpty()",
        "$jmespath($json, 'a.b')",
        "encodeURIComponent($json.q) + $execution.id + $workflow.name + $vars.a + $env.B + $itemIndex",
        "(() => { let n = 0; for (const x of $json.list) { n += x.count; } return n; })()",
        "(() => { const out = {}; for (const x of $json.list) out[x.id] = x; return out; })()",
        "(function (a) { try { return JSON.parse(a) } catch (error) { return error.message } })($json.a)",
        "$json.list.reduce((sum, x) => sum + x.n, 0)",
        "$json.list.push(1)",
        "new Error($json.a).message",
    ] {
        assert!(of(code).is_pure(), "{code}");
    }
}

#[test]
fn time_and_chance_are_asked_for_in_turn() {
    for code in [
        "$now",
        "$now.plus({days: 1}).toISO()",
        "$today.toFormat('yyyy')",
        "new Date($json.a).toISOString()",
        "Date.now()",
        "DateTime.fromISO($json.a).toMillis()",
        "Math.random()",
        "[1].map(Math.random)",
        "$json.list.randomItem()",
        "$json.date.toDateTime().diffToNow('days')",
        "$('Loop').context.noItemsLeft",
        "$node['Loop'].context.currentRunIndex",
    ] {
        assert_eq!(of(code), Purity { deterministic: false, ..Purity::PURE }, "{code}");
    }
}

#[test]
fn what_changes_its_data_is_not_still() {
    for code in [
        "$input.all().reverse()[0].json.a",
        "$input.all().sort((a, b) => a.json.n - b.json.n)[0].json.n",
        "$json.list.push(1)",
        "$('X').all()['pop']()",
        "$items('X').map(item => item.json.list.splice(0, 1))",
        "$input.all().forEach(item => { item.json.a = 1 })",
        "Object.assign($input.first().json, {a: 1})",
        "delete $input.first().json.a",
    ] {
        assert!(!of(code).read_only, "{code}");
    }
    for code in ["$input.all().length", "$('X').all().map(i => i.json.a).join()", "$items('X').filter(i => i.json.a > 1).length", "$now.plus(1)"] {
        assert!(of(code).read_only, "{code}");
    }
}

#[test]
fn what_could_be_seen_later_is_not_pure() {
    for code in [
        "Math.n = (Math.n || 0) + 1",
        "Math.n",
        "Math[$json.k](1)",
        "++Math.n",
        "Math.n--",
        "delete Math.n",
        "[Math.n] = [1]",
        "({a: Math.n} = {a: 1})",
        "(() => { for (Math.n of [1]) {} })()",
        "Math = 1",
        "Object.assign(Math, {n: 1})",
        "Object.assign({a: Boolean}.a, {n: 1})",
        "Object.freeze(Math)",
        "(m => m.n = 1)(Math)",
        "[].push.call(Math, 1)",
        "([].push.call)(Boolean, 1)",
        "[1].forEach([].push, Boolean)",
        "[1].map(f => f, Boolean)",
        "[1].map(...[f => f, Boolean])",
        "({trim: [].forEach, length: 1, 0: 1}).trim([].push, Boolean)",
        "[].map[$json.k](1)",
        "({trim: []['forEach'], length: 1, 0: 1}).trim([]['push'], Boolean)",
        "({trim: []?.['forEach'], length: 1, 0: 1}).trim([], Boolean)",
        "({trim: [][`forEach`]}).trim()",
        "({trim: [][$json.k]}).trim([][$json.l], Boolean)",
        "({trim: [][0 || 'forEach']}).trim()",
        "({trim: [][1 - 1 ? 0 : 'forEach']}).trim()",
        "(($json) => ({trim: $json[$item(0).$json.k]}).trim())([])",
        "(() => { const own = []; own.trim = own[$json.k]; return own.trim() })()",
        "[[]].pluck('forEach')[0]",
        "[Object.assign([], {name: 'trim'})].smartJoin('name', 'forEach')",
        "({trim: [].forEach.valueOf()}).trim()",
        "Object.assign.valueOf()(Boolean, {n: 1})",
        "Object['assign']['valueOf']()(Boolean, {n: 1})",
        "Object['assign'](Boolean, {n: 1})",
        "(({forEach}) => ({trim: forEach}).trim())([])",
        "(({'forEach': f}) => ({trim: f}).trim())([])",
        "(({[$json.k]: f}) => ({trim: f}).trim())([])",
        "(() => { const {a: {push: f} } = {a: []}; return ({trim: f}).trim() })()",
        "(() => { for (const {push: f} of [[]]) ({trim: f}).trim() })()",
        "(() => { try { throw [] } catch ({push: f}) { ({trim: f}).trim() } })()",
        "(f => f`1`)(Boolean)",
        "(() => { const m = Math; m.n = 1 })()",
        "(() => { const {assign} = Object; assign(Boolean, {n: 1}) })()",
        "(() => { const o = {__proto__: Boolean}; o.call.n = 1 })()",
        "(() => { [][$json.k].n = 1 })()",
        "Math[$json.k] = 1",
        "$json['a']['b'] = 1",
        "Array.from([1], [].push, Boolean)",
        "(() => { const f = [].map; f.n = 1 })()",
        "(() => { const o = {}; (() => { for (;;) { o.n = 1; var o = Boolean } })() })()",
        "(() => { var DateTime = 1 })() + DateTime.settings",
        "(() => { { let process = 1 } return process.n })()",
        "this.n",
        "$json.n = 1",
        "$min.n = 1",
        "$input.n",
        "[$input, $json][0].context",
        "({$input}).$input.context",
        "$('X')[$json.k]",
        "$parameter.a",
        "$evaluateExpression('$now')",
        "$getWorkflowStaticData('global').n",
        "$execution.customData.set('a', 1)",
        "Settings.defaultZone = 'UTC'",
        "new Proxy({}, {})",
        "new Intl.NumberFormat('en')",
        "String.raw`a`",
        "Symbol.for('a')",
        "(class {})",
        "(async () => 1)()",
        "(function* () { yield 1 })()",
        "({m() { return super.n = 1 } }).m()",
        "nothing.known",
    ] {
        let program = Program::new(&format!("={{{{ {code} }}}}"));
        assert!(!program.purity.effect_free && !matches!(program.body, Body::Broken(_)), "{code} {:?}", program.body);
    }
}

#[test]
fn text_is_as_pure_as_its_blocks() {
    assert_eq!(Program::new("=a {{ $json.a }} {{ $json.b.trim() }}").purity, Purity::PURE);
    assert!(!Program::new("=a {{ $json.a.trim() }} {{ $now }}").purity.deterministic);
    assert!(!Program::new("=a {{ $json.a }} {{ Math.n = 1 }}").purity.effect_free);
}

#[test]
fn what_follows_the_expression_does_not_run() {
    assert_eq!(of("$json.a.trim(); Math.n = 1"), Purity::PURE);
}

#[test]
fn what_is_of_the_node_alone_is_known_by_its_text() {
    // The defaults of n8n-nodes-base 2.41.1 that are expressions.
    for code in [
        "$parameter[\"&key\"].split(\"|\")[1]",
        "$parameter[\"&key\"].split(\"|\").pop()",
        "$parameter[\"&propertyName\"].split(\"|\")[1]",
        "$json[\"sessionId\"]",
        "$now",
        "$now.plus(1, 'hour')",
        "$now.plus({ week: 1 })",
        "[]",
        "$fromAI('x') + $input.item.json.a + ((own) => own.mode)($parameter) + $workflow.name",
    ] {
        assert_eq!(beyond(&format!("={{{{ {code} }}}}")), None, "{code}");
    }
    for (code, name) in [
        ("$env.A", "$env"),
        ("({ $env })", "$env"),
        ("`${$vars.a}`", "$vars"),
        ("$secrets.a", "$secrets"),
        ("$('X').first()", "$"),
        ("$node['X'].json", "$node"),
        ("$items('X')", "$items"),
        ("$item(0).$env", "$item"),
        ("$prevNode.name", "$prevNode"),
        ("$getWorkflowStaticData('global')", "$getWorkflowStaticData"),
        ("$evaluateExpression($json.a)", "$evaluateExpression"),
        ("(() => { const a = $env; var $env; return a })()", "$env"),
        ("[1].map(($json) => $vars)", "$vars"),
        ("something", "something"),
        ("Math.max = 1", CHANGES),
        ("$parameter.a = 1", CHANGES),
        ("JSON.parse.text = $json", CHANGES),
        ("[].concat.call", CHANGES),
        ("this", CHANGES),
        ("new (class { static a = $env })", CHANGES),
    ] {
        assert!(beyond(&format!("={{{{ {code} }}}}")).is_some_and(|found| found == name || found == CHANGES), "{code}");
    }
}
