//! Methods that n8n adds to texts, lists and numbers: what they give for values that the recorded facts do not have.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use expression::scenario::{Defaults, scope};
use expression::{Evaluator, Limits, Session};
use node_sdk::Expression;
use serde_json::json;

#[test]
fn values_are_those_of_n8n() {
    let defaults = Defaults { timezone: "UTC".into(), now: 0, limits: Limits::default() };
    let evaluator = Evaluator::new(Arc::new(Session::new(Limits::default())), scope(&json!({"input": [{}]}), &defaults));
    for (source, expected) in [
        ("'**a** b'.removeMarkdown()", json!("*a* b")),
        ("'a **b** c _de_ *f*'.removeMarkdown()", json!("a *b* c de *f*")),
        ("'2 * 3 ** 4'.removeMarkdown()", json!("2 * 3 ** 4")),
        ("'[a][1] x'.removeMarkdown()", json!("a x")),
        ("['localhost:3000','a.com/p?q','1.2.3.4','-a.com','x.museum'].map(v => v.isDomain())", json!([true, true, true, true, true])),
        (
            "['ab','a.c','a..com','http://a.com','a.com.',' a.com','1.2.3','a.co-m'].map(v => v.isDomain())",
            json!([false, false, false, false, false, false, false, false]),
        ),
        (
            "['HTTP://a.com','https://localhost/x','ftp://a.com','https://a.com.','https://a.com?x=1#h'].map(v => v.isUrl())",
            json!([true, true, true, true, true]),
        ),
        (
            "['https://a.b','https://u:p@a.com/x','file://a.com','//a.com','see http://a.com','ws://a.com'].map(v => v.isUrl())",
            json!([false, false, false, false, false, false]),
        ),
        (
            "['//x.com','ftp://a.com','<user@a.com>','a@b@c.com','https://u:p@a.com/x','a.com:80','x@[1.2.3.4]'].map(v => v.extractDomain())",
            json!(["x.com", "a.com", "a.com", "c.com", "a.com", "a.com", "[1.2.3.4]"]),
        ),
        ("['user@localhost','abc://a.com','https://a.com.','see a.com'].map(v => v.extractDomain() === undefined)", json!([true, true, true, true])),
        (
            "['see http://a.com now','xhttp://a.com','(https://x.yz/a)'].map(v => v.extractUrl())",
            json!(["http://a.com", "http://a.com", "https://x.yz/a)"]),
        ),
        ("['foo@bar@baz.com','<user@a.com>','us er@a.com','user@localhost'].map(v => v.isEmail())", json!([true, true, false, false])),
        ("['$5','5€','-$1.5','₹ 5',' 5 ','$'].map(v => v.toNumber())", json!([5, 5, -1.5, 5, 5, 0])),
        ("['$5.5','5%','50 €'].map(v => [v.toInt(), v.toFloat()])", json!([[5, 5.5], [5, 5], [50, 50]])),
        ("[' 12 ','$5','+5','0b1'].map(v => v.isNumeric())", json!([false, false, true, true])),
        ("['a.b.c','1a b. c','(hello) there','3.5 apples'].map(v => v.toSentenceCase())", json!(["A.B.C", "1A b. C", "(Hello) there", "3.5 Apples"])),
        (
            "['a.b.c d','hello. world','x... y','.x y','HELLO you'].map(v => v.toTitleCase())",
            json!(["a.b.c D", "Hello. World", "x... Y", ".X Y", "HELLO You"]),
        ),
        ("[[1,2,2].unique('a'), [{a:1},{a:1,b:2},5,5,null,null].unique('a')]", json!([[1, 2], [{"a": 1}, 5, null]])),
        ("[[{a:1},{a:1,b:2},{}].pluck('a','b'), [[1]].pluck('a','b')]", json!([[1, [1, 2]], []])),
        ("[[null].merge([{z:1}]), [0,{a:1}].merge([{q:1},{a:2,r:1}]), [1].merge([{z:1}])]", json!([{"z": 1}, {"a": 1, "r": 1}, {}])),
        ("JSON.stringify([{a:1},{b:2,c:3}].merge([{d:1},{e:4,b:9}]))", json!("{\"a\":1,\"d\":1,\"b\":2,\"c\":3,\"e\":4}")),
        ("[2.5,-2.5,-0.5].map(n => n.toInt())", json!([3, -3, -1])),
        ("[NaN,0,-1].map(n => n.toBoolean())", json!([true, false, true])),
    ] {
        let done = evaluator.evaluate(&Expression::new(format!("={{{{ {source} }}}}")), 0, None).unwrap();
        // Numbers of JavaScript: 5 and 5.0 are one.
        assert_eq!(done.value.to_string(), expected.to_string(), "{source}");
    }
}
