//! JSON as JavaScript sees it: an object that converts only what is touched.

use std::ptr::NonNull;
use std::sync::Arc;

use rquickjs::class::{ClassKind, JsCell, PropertyDescriptor, PropertyName, Trace, Tracer, Writable};
use rquickjs::function::Constructor;
use rquickjs::{Array, Atom, Class, Ctx, JsLifetime, Object, Result, Value as Js};
use serde_json::{Map, Value};

/// A value inside a shared JSON document.
#[derive(Clone)]
pub(crate) struct Shared {
    root: Arc<Value>,
    at: NonNull<Value>,
}

impl Shared {
    /// The whole document.
    pub(crate) fn new(root: Arc<Value>) -> Self {
        let at = NonNull::from(&*root);
        Self { root, at }
    }

    /// The value.
    #[allow(unsafe_code)]
    pub(crate) fn value(&self) -> &Value {
        // SAFETY: `at` points into `root`, which this struct keeps alive. A document behind an `Arc` that is shared is
        // never changed (`Arc::make_mut` copies first, `Arc::get_mut` refuses), and this struct makes it shared.
        unsafe { self.at.as_ref() }
    }

    fn inner(&self, value: &Value) -> Self {
        Self { root: self.root.clone(), at: NonNull::from(value) }
    }

    fn object(&self) -> Option<&Map<String, Value>> {
        self.value().as_object()
    }

    /// The value for JavaScript: scalars and lists as they are, objects lazily.
    pub(crate) fn to_js<'js>(&self, ctx: &Ctx<'js>) -> Result<Js<'js>> {
        Ok(match self.value() {
            Value::Null => Js::new_null(ctx.clone()),
            Value::Bool(b) => Js::new_bool(ctx.clone(), *b),
            Value::Number(n) => number(ctx, n),
            Value::String(s) => rquickjs::String::from_str(ctx.clone(), s)?.into_value(),
            Value::Array(list) => self.list(ctx, list)?,
            Value::Object(_) => Class::instance(ctx.clone(), Lazy { source: self.clone(), state: State::Source(Vec::new()) })?.into_value(),
        })
    }

    fn list<'js>(&self, ctx: &Ctx<'js>, list: &[Value]) -> Result<Js<'js>> {
        let array = Array::new(ctx.clone())?;
        for (i, value) in list.iter().enumerate() {
            array.set(i, self.inner(value).to_js(ctx)?)?;
        }
        Ok(array.into_value())
    }
}

fn number<'js>(ctx: &Ctx<'js>, n: &serde_json::Number) -> Js<'js> {
    match n.as_i64().and_then(|i| i32::try_from(i).ok()) {
        Some(i) => Js::new_int(ctx.clone(), i),
        None => Js::new_float(ctx.clone(), n.as_f64().unwrap_or(f64::NAN)),
    }
}

enum State<'js> {
    /// Nothing was changed; objects and lists that were read are kept, so that reading twice gives the same one.
    Source(Vec<(*const Value, Js<'js>)>),
    /// Something was changed or listed: from here on an ordinary object answers.
    Own(Object<'js>),
}

/// A JSON object as JavaScript sees it.
pub(crate) struct Lazy<'js> {
    source: Shared,
    state: State<'js>,
}

impl<'js> Lazy<'js> {
    /// The JSON, if JavaScript cannot have changed anything in it.
    pub(crate) fn untouched(&self) -> Option<&Value> {
        match &self.state {
            State::Source(read) if read.is_empty() => Some(self.source.value()),
            _ => None,
        }
    }

    fn lookup(&mut self, ctx: &Ctx<'js>, atom: &Atom<'js>) -> Result<Option<Js<'js>>> {
        let read = match &mut self.state {
            State::Own(own) => return if has_own(own, atom)? { own.get(atom.clone()).map(Some) } else { Ok(None) },
            State::Source(read) => read,
        };
        let key = atom.to_string()?;
        let Some(value) = self.source.object().and_then(|map| map.get(&key)) else { return Ok(None) };
        if is_symbol_text(&key) && *atom != Atom::from_str(ctx.clone(), &key)? {
            return Ok(None);
        }
        if !(value.is_object() || value.is_array()) {
            return self.source.inner(value).to_js(ctx).map(Some);
        }
        let at: *const Value = value;
        if let Some((_, known)) = read.iter().find(|(p, _)| *p == at) {
            return Ok(Some(known.clone()));
        }
        let found = self.source.inner(value).to_js(ctx)?;
        read.push((at, found.clone()));
        Ok(Some(found))
    }

    /// The ordinary object that answers from now on.
    fn own(&mut self, ctx: &Ctx<'js>) -> Result<&Object<'js>> {
        if let State::Source(read) = &self.state {
            let own = Object::new(ctx.clone())?;
            for (key, value) in self.source.object().into_iter().flatten() {
                let at: *const Value = value;
                let known = read.iter().find(|(p, _)| *p == at).map(|(_, js)| js.clone());
                let js = known.map_or_else(|| self.source.inner(value).to_js(ctx), Ok)?;
                define(&own, key, js)?;
            }
            self.state = State::Own(own);
        }
        match &self.state {
            State::Own(own) => Ok(own),
            State::Source(_) => Err(rquickjs::Error::Unknown),
        }
    }
}

/// Defines an own property, also for `__proto__`.
fn define<'js>(own: &Object<'js>, key: &str, value: Js<'js>) -> Result<()> {
    use rquickjs::object::Property;
    own.prop(key, Property::from(value).writable().enumerable().configurable())
}

fn has_own<'js>(own: &Object<'js>, atom: &Atom<'js>) -> Result<bool> {
    if !own.contains_key(atom.clone())? {
        return Ok(false);
    }
    let check: rquickjs::Function<'js> = own.ctx().globals().get::<_, Object<'js>>("Object")?.get("hasOwn")?;
    check.call((own.clone(), atom.to_value()?))
}

/// Gives a value a reference more.
#[allow(unsafe_code)]
fn keep<'js>(ctx: &Ctx<'js>, value: &Js<'js>) {
    // SAFETY: the engine lends the value that is set, but rquickjs 0.14 takes it as given and frees it: without this
    // reference it would be freed twice. The value is alive and belongs to this context.
    unsafe { rquickjs::qjs::JS_DupValue(ctx.as_raw().as_ptr(), value.as_raw()) };
}

/// Whether the text of an atom may be that of a symbol.
fn is_symbol_text(key: &str) -> bool {
    key.starts_with("Symbol.") || key.starts_with("kv:")
}

#[allow(unsafe_code)]
// SAFETY: the only lifetime is that of the JavaScript values inside.
unsafe impl<'js> JsLifetime<'js> for Lazy<'js> {
    type Changed<'to> = Lazy<'to>;
}

impl<'js> Trace<'js> for Lazy<'js> {
    fn trace<'a>(&self, tracer: Tracer<'a, 'js>) {
        match &self.state {
            State::Source(read) => read.iter().for_each(|(_, js)| js.trace(tracer)),
            State::Own(own) => own.trace(tracer),
        }
    }
}

impl<'js> rquickjs::class::JsClass<'js> for Lazy<'js> {
    const NAME: &'static str = "Object";
    const KIND: ClassKind = ClassKind::Exotic;
    type Mutable = Writable;

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        let plain = Object::new(ctx.clone())?;
        Ok(plain.get_prototype())
    }

    fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }

    fn exotic_get_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>, receiver: Js<'js>) -> Result<Js<'js>> {
        let found = this.borrow_mut().lookup(ctx, &atom)?;
        if let Some(value) = found {
            return Ok(value);
        }
        match receiver.as_object().and_then(Object::get_prototype) {
            Some(proto) => proto.get(atom),
            None => Ok(Js::new_undefined(ctx.clone())),
        }
    }

    fn exotic_set_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>, _: Js<'js>, value: Js<'js>) -> Result<bool> {
        keep(ctx, &value);
        this.borrow_mut().own(ctx)?.set(atom, value)?;
        Ok(true)
    }

    fn exotic_delete_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<bool> {
        this.borrow_mut().own(ctx)?.remove(atom)?;
        Ok(true)
    }

    fn exotic_has_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<bool> {
        if this.borrow_mut().lookup(ctx, &atom)?.is_some() {
            return Ok(true);
        }
        let plain = Object::new(ctx.clone())?;
        plain.contains_key(atom)
    }

    fn exotic_get_own_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<Option<PropertyDescriptor<'js>>> {
        let found = this.borrow_mut().lookup(ctx, &atom)?;
        Ok(found.map(|value| PropertyDescriptor::new_value(value, true, true, true)))
    }

    fn exotic_get_own_property_names(this: &JsCell<'js, Self>, ctx: &Ctx<'js>) -> Result<Vec<PropertyName<'js>>> {
        let mut lazy = this.borrow_mut();
        lazy.own(ctx)?
            .own_keys::<Atom<'js>>(rquickjs::object::Filter::new().string().symbol())
            .map(|atom| Ok(PropertyName { atom: atom?, is_enumerable: true }))
            .collect()
    }
}
