//! JSON as JavaScript sees it: an object that converts only what is touched.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::Arc;

use rquickjs::class::{ClassKind, JsCell, PropertyDescriptor, PropertyName, Trace, Tracer, Writable};
use rquickjs::function::Constructor;
use rquickjs::object::Property;
use rquickjs::{Array, Atom, Class, Ctx, Exception, JsLifetime, Object, Result, Value as Js};
use serde_json::{Map, Value};

/// A value inside a shared JSON document.
#[derive(Clone)]
pub struct Shared {
    root: Arc<Value>,
    at: NonNull<Value>,
}

impl Shared {
    /// The whole document.
    pub fn new(root: Arc<Value>) -> Self {
        let at = NonNull::from(&*root);
        Self { root, at }
    }

    /// The value.
    #[allow(unsafe_code)]
    pub fn value(&self) -> &Value {
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
    pub fn to_js<'js>(&self, ctx: &Ctx<'js>) -> Result<Js<'js>> {
        Ok(match self.value() {
            Value::Null => Js::new_null(ctx.clone()),
            Value::Bool(b) => Js::new_bool(ctx.clone(), *b),
            Value::Number(n) => number(ctx, n),
            Value::String(s) => rquickjs::String::from_str(ctx.clone(), s)?.into_value(),
            Value::Array(list) => self.list(ctx, list)?,
            Value::Object(_) => Class::instance(ctx.clone(), Lazy::new(self.clone()))?.into_value(),
        })
    }

    fn list<'js>(&self, ctx: &Ctx<'js>, list: &[Value]) -> Result<Js<'js>> {
        let array = Array::new(ctx.clone())?;
        for (i, value) in list.iter().enumerate() {
            array.as_object().prop(i as u32, data(self.inner(value).to_js(ctx)?))?;
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
    /// Something was changed or listed: from here on an ordinary object answers. It inherits nothing, so that all it has is its own and
    /// no setter stands in its way.
    Own(Object<'js>),
}

/// A JSON object as JavaScript sees it.
pub struct Lazy<'js> {
    source: Shared,
    state: State<'js>,
}

thread_local! {
    /// How many of these objects the isolate has that this thread is in.
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// Works in an isolate; `alive`: how many objects of the data it has.
pub(crate) fn counting<T>(alive: &Cell<usize>, work: impl FnOnce() -> T) -> T {
    ALIVE.set(alive.get());
    let done = work();
    alive.set(ALIVE.get());
    done
}

/// Makes all that these objects share, which stays as long as the isolate.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    Class::<Lazy<'_>>::prototype(ctx).map(drop)
}

impl Drop for Lazy<'_> {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get().wrapping_sub(1));
    }
}

impl<'js> Lazy<'js> {
    fn new(source: Shared) -> Self {
        ALIVE.set(ALIVE.get().wrapping_add(1));
        Self { source, state: State::Source(Vec::new()) }
    }

    /// The JSON, if JavaScript cannot have changed anything in it.
    pub fn untouched(&self) -> Option<&Value> {
        match &self.state {
            State::Source(read) if read.is_empty() => Some(self.source.value()),
            _ => None,
        }
    }

    /// A value of the JSON, as long as nothing was changed.
    fn read(&mut self, ctx: &Ctx<'js>, atom: &Atom<'js>) -> Result<Option<Js<'js>>> {
        let State::Source(read) = &mut self.state else { return Ok(None) };
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
    fn own(&mut self, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        let read = match &self.state {
            State::Own(own) => return Ok(own.clone()),
            State::Source(read) => read,
        };
        let own = Object::new_proto(ctx.clone(), None)?;
        for (key, value) in self.source.object().into_iter().flatten() {
            let at: *const Value = value;
            let known = read.iter().find(|(p, _)| *p == at).map(|(_, js)| js.clone());
            let js = known.map_or_else(|| self.source.inner(value).to_js(ctx), Ok)?;
            own.prop(key.as_str(), data(js))?;
        }
        self.state = State::Own(own.clone());
        Ok(own)
    }
}

/// An own property of the object. JavaScript may run here, so nothing is borrowed meanwhile: what runs may read the object again.
fn lookup<'js>(this: &JsCell<'js, Lazy<'js>>, ctx: &Ctx<'js>, atom: &Atom<'js>) -> Result<Option<Js<'js>>> {
    let own = match &this.borrow().state {
        State::Own(own) => Some(own.clone()),
        State::Source(_) => None,
    };
    match own {
        Some(own) if own.contains_key(atom.clone())? => own.get(atom.clone()).map(Some),
        Some(_) => Ok(None),
        None => this.borrow_mut().read(ctx, atom),
    }
}

/// Whether that is an object of the data.
pub fn is_lazy(object: &Object<'_>) -> bool {
    Class::<Lazy<'_>>::from_object(object).is_some()
}

/// Whether that is the object of this cell, not one that inherits from it.
fn is<'js>(this: &JsCell<'js, Lazy<'js>>, object: &Object<'js>) -> bool {
    Class::<Lazy<'js>>::from_object(object).is_some_and(|class| std::ptr::eq(class.get_cell(), this))
}

/// What the object inherits from. The engine does not hand the object itself, only the one that was asked first.
fn prototype<'js>(this: &JsCell<'js, Lazy<'js>>, receiver: Js<'js>) -> Option<Object<'js>> {
    let mut at = receiver.into_object();
    while let Some(object) = at {
        at = object.get_prototype();
        if is(this, &object) {
            break;
        }
    }
    at
}

/// How many objects of data may inherit from each other: each takes some of the stack, which the engine does not count here.
const MOST_PROTOTYPES: usize = 1000;

thread_local! {
    /// How many prototypes are being asked for the same property.
    static PROTOTYPES: Cell<usize> = const { Cell::new(0) };
}

fn inherited<'js>(ctx: &Ctx<'js>, proto: &Object<'js>, atom: Atom<'js>) -> Result<Js<'js>> {
    let depth = PROTOTYPES.get();
    if depth >= MOST_PROTOTYPES {
        return Err(Exception::throw_range(ctx, "Maximum call stack size exceeded"));
    }
    PROTOTYPES.set(depth + 1);
    let found = proto.get(atom);
    PROTOTYPES.set(depth);
    found
}

/// An own property as JSON has it, also for `__proto__` and past all setters.
pub(super) fn data(value: Js<'_>) -> Property<Js<'_>> {
    Property::from(value).writable().enumerable().configurable()
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
        let found = lookup(this, ctx, &atom)?;
        if let Some(value) = found {
            return Ok(value);
        }
        match prototype(this, receiver) {
            Some(proto) => inherited(ctx, &proto, atom),
            None => Ok(Js::new_undefined(ctx.clone())),
        }
    }

    fn exotic_set_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>, receiver: Js<'js>, value: Js<'js>) -> Result<bool> {
        keep(ctx, &value);
        let Some(receiver) = receiver.as_object() else { return Ok(false) };
        let own = this.borrow_mut().own(ctx)?;
        if atom.to_string()? == "__proto__" && !own.contains_key(atom.clone())? {
            if value.is_object() || value.is_null() {
                receiver.set_prototype(value.as_object())?;
            }
            return Ok(true);
        }
        // An object that inherits from this one gets a property of its own.
        if is(this, receiver) {
            own.set(atom, value)?
        } else {
            receiver.prop(atom, data(value))?
        }
        Ok(true)
    }

    fn exotic_delete_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<bool> {
        let own = this.borrow_mut().own(ctx)?;
        own.remove(atom)?;
        Ok(true)
    }

    fn exotic_has_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<bool> {
        if lookup(this, ctx, &atom)?.is_some() {
            return Ok(true);
        }
        let plain = Object::new(ctx.clone())?;
        plain.contains_key(atom)
    }

    fn exotic_get_own_property(this: &JsCell<'js, Self>, ctx: &Ctx<'js>, atom: Atom<'js>) -> Result<Option<PropertyDescriptor<'js>>> {
        let found = lookup(this, ctx, &atom)?;
        Ok(found.map(|value| PropertyDescriptor::new_value(value, true, true, true)))
    }

    fn exotic_get_own_property_names(this: &JsCell<'js, Self>, ctx: &Ctx<'js>) -> Result<Vec<PropertyName<'js>>> {
        let own = this.borrow_mut().own(ctx)?;
        own.own_keys::<Atom<'js>>(rquickjs::object::Filter::new().string().symbol())
            .map(|atom| Ok(PropertyName { atom: atom?, is_enumerable: true }))
            .collect()
    }
}
