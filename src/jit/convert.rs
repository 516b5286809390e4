//! Tag checks, unboxing and boxing in CLIF, shared by all forms of stub.

use cranelift_codegen::ir::{
    AbiParam, Block, ExtFuncData, ExternalName, FuncRef, Function, GlobalValueData, Inst, InstBuilder,
    MemFlagsData, Signature, Type, UserExternalName, Value, condcodes::IntCC, types,
};
use cranelift_codegen::ir::{SourceLoc, StackSlot, StackSlotData, StackSlotKind};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::code::{Compiler, Symbol};
use super::fields;
use super::mark::Mark;
use super::passing::{self, Parameters};
use super::record::RecordAccess;
use crate::abi::{Abi, Extension, Returned};
use crate::calls::Record;
use crate::ctype::Repr;
use crate::k::{DATA, LENGTH, PAYLOAD, TAG, tag};
use crate::plan::{Load, Plan, Rebox, Unbox};

/// A K object's pointer, and every other address.
pub const POINTER: Type = types::I64;

/// Writes one stub: the builder, and what all its parts need to know.
pub struct Emitter<'a> {
    /// Cranelift's builder.
    pub b: FunctionBuilder<'a>,
    /// The calling convention of the stub and of everything it calls.
    pub abi: Abi,
    /// Where a mismatch goes.
    pub cold: Block,
    /// Whether what is being written is off the hot path.
    unlikely: bool,
    compiler: &'a Compiler,
}

impl<'a> Emitter<'a> {
    /// Begins a function of this signature. Gives its parameters too.
    pub fn new(
        function: &'a mut Function,
        context: &'a mut FunctionBuilderContext,
        compiler: &'a Compiler,
        abi: Abi,
        signature: Signature,
    ) -> (Self, Vec<Value>) {
        function.signature = signature;
        let mut b = FunctionBuilder::new(function, context);
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let cold = b.create_block();
        b.set_cold_block(cold);
        let params = b.block_params(entry).to_vec();
        (Self { b, abi, cold, unlikely: false, compiler }, params)
    }

    /// Ends the stub.
    pub fn finish(mut self) {
        self.b.seal_all_blocks();
        self.b.finalize(self.compiler.isa().frontend_config());
    }

    /// Goes on in a new block if `ok`, in `otherwise` if not.
    pub fn require_or(&mut self, ok: Value, otherwise: Block) {
        let next = self.b.create_block();
        if self.unlikely {
            self.b.set_cold_block(next);
        }
        self.b.ins().brif(ok, next, &[], otherwise, &[]);
        self.b.switch_to_block(next);
    }

    /// Goes on if `ok`, to the cold path if not.
    pub fn require(&mut self, ok: Value) {
        self.require_or(ok, self.cold);
    }

    /// Loads from a K object; such loads cannot fault, since q keeps its arguments alive.
    pub fn load(&mut self, ty: Type, base: Value, offset: i32) -> Value {
        self.b.ins().load(ty, MemFlagsData::trusted(), base, offset)
    }

    /// Whether an object has this tag.
    pub fn has_tag(&mut self, object: Value, wanted: i8) -> Value {
        let tag = self.load(types::I8, object, TAG);
        self.b.ins().icmp_imm_s(IntCC::Equal, tag, i64::from(wanted))
    }

    /// Whether a vector or list has this many items.
    pub fn has_length(&mut self, object: Value, wanted: usize) -> Value {
        let length = self.load(types::I64, object, LENGTH);
        self.b.ins().icmp_imm_s(IntCC::Equal, length, wanted as i64)
    }

    /// Goes to the cold path unless the argument is of the form that `unbox` takes. What has been computed for the
    /// check and is the argument itself comes back.
    pub fn check(&mut self, unbox: Unbox, object: Value) -> Option<Value> {
        match unbox {
            Unbox::Payload { tag, .. } | Unbox::Data { tag } => {
                let ok = self.has_tag(object, tag);
                self.require(ok);
                None
            }
            Unbox::Text { symbols: true } => Some(self.text(object)),
            Unbox::Text { symbols: false } => Some(self.terminated_chars(object, self.cold)),
            Unbox::Address => {
                let is_long = self.has_tag(object, -tag::LONG);
                self.require(is_long);
                Some(self.raw_address(object, PAYLOAD))
            }
            Unbox::Object => Some(object),
            Unbox::Callback => Some(self.callback(object)),
            // Structs have a check of their own ([`super::unboxed`]).
            Unbox::Fields(_) | Unbox::Never => {
                let never = self.b.ins().iconst(types::I8, 0);
                self.require(never);
                Some(object)
            }
        }
    }

    /// The function pointer in a foreign object of ours, told by its destructor.
    fn callback(&mut self, object: Value) -> Value {
        let is_foreign = self.has_tag(object, tag::FOREIGN);
        self.require(is_foreign);
        let destructor = self.load(POINTER, object, DATA);
        let ours = self.address(Symbol::ReleaseCallback);
        let is_ours = self.b.ins().icmp(IntCC::Equal, destructor, ours);
        self.require(is_ours);
        self.load(POINTER, object, DATA + 8)
    }

    /// The C value of an argument that [`Self::check`] has let through without computing it.
    pub fn value(&mut self, unbox: Unbox, object: Value) -> Value {
        match unbox {
            Unbox::Payload { load, .. } => self.number(load, object, PAYLOAD),
            _ => self.b.ins().iadd_imm_s(object, i64::from(DATA)),
        }
    }

    /// Loads a number from memory, extended or widened as C wants it passed.
    pub fn number(&mut self, load: Load, base: Value, offset: i32) -> Value {
        let flags = MemFlagsData::trusted();
        if load.widen {
            let single = self.load(types::F32, base, offset);
            return self.b.ins().fpromote(types::F64, single);
        }
        match (load.extend, load.repr.size()) {
            (Some(Extension::Zero), 1) => self.b.ins().uload8(types::I32, flags, base, offset),
            (Some(Extension::Sign), 1) => self.b.ins().sload8(types::I32, flags, base, offset),
            (Some(Extension::Zero), _) => self.b.ins().uload16(types::I32, flags, base, offset),
            (Some(Extension::Sign), _) => self.b.ins().sload16(types::I32, flags, base, offset),
            (None, _) => self.load(clif_type(load.repr), base, offset),
        }
    }

    /// An address that a long is; to the cold path if it is a null or an infinity, which are three numbers in a row.
    pub fn raw_address(&mut self, base: Value, offset: i32) -> Value {
        let address = self.load(POINTER, base, offset);
        let from_infinity = self.b.ins().iadd_imm_s(address, -i64::MAX);
        let is_finite = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, from_infinity, 2);
        self.require(is_finite);
        address
    }

    /// Address of a symbol's text, or of a char vector that ends in NUL.
    fn text(&mut self, object: Value) -> Value {
        let done = self.b.create_block();
        let text = self.b.append_block_param(done, POINTER);
        let other = self.b.create_block();
        let address = self.symbol_text(object, other);
        self.b.ins().jump(done, &[address.into()]);
        self.b.switch_to_block(other);
        self.b.set_cold_block(other);
        self.unlikely = true;
        let address = self.terminated_chars(object, self.cold);
        self.unlikely = false;
        self.b.ins().jump(done, &[address.into()]);
        self.b.switch_to_block(done);
        text
    }

    fn symbol_text(&mut self, object: Value, otherwise: Block) -> Value {
        let is_symbol = self.has_tag(object, -tag::SYMBOL);
        self.require_or(is_symbol, otherwise);
        self.load(POINTER, object, PAYLOAD)
    }

    fn terminated_chars(&mut self, object: Value, otherwise: Block) -> Value {
        let is_chars = self.has_tag(object, tag::CHAR);
        self.require_or(is_chars, otherwise);
        let length = self.load(types::I64, object, LENGTH);
        // The byte before the data of an empty vector is the end of its length, which is 0: so ask the length too.
        self.require_or(length, otherwise);
        let end = self.b.ins().iadd(object, length);
        let last = self.load(types::I8, end, DATA - 1);
        let ends_in_nul = self.b.ins().icmp_imm_s(IntCC::Equal, last, 0);
        self.require_or(ends_in_nul, otherwise);
        self.b.ins().iadd_imm_s(object, i64::from(DATA))
    }

    /// Calls the C function with the pieces of its arguments and returns its boxed result.
    pub fn call_and_return(&mut self, plan: &Plan, record: Value, pieces: &[Value]) {
        let room = plan.result_fields.as_ref().map(|fields| fields::room(self, fields));
        let hidden = plan.passing.as_ref().is_some_and(|p| p.result == Returned::Memory);
        let hidden = room.filter(|_| hidden).map(|room| self.b.ins().stack_addr(POINTER, room, 0));
        let (signature, args) = self.passed(plan, hidden, pieces);
        let target = self.import(Symbol::Target, signature);
        self.begin_call(plan, record);
        let call = self.b.ins().call(target, &args);
        let results = self.b.inst_results(call).to_vec();
        let record = self.end_call(plan, record);
        match (&plan.result_fields, &plan.passing, room) {
            (Some(fields), Some(passing), Some(room)) => {
                fields::store(self, &passing.result, &results, room);
                self.collect_struct(record, room);
                let result = fields::rebox(self, fields, room);
                self.give_back(&[result]);
            }
            _ => {
                let result = results.first().copied();
                self.collect(record, result);
                self.returning(Mark::Tail, |e| e.rebox(plan.result, result));
            }
        }
    }

    /// The signature by which Cranelift calls the C function, and the arguments for it, from their pieces and the
    /// address for a result in memory.
    pub fn passed(
        &mut self,
        plan: &Plan,
        hidden: Option<Value>,
        pieces: &[Value],
    ) -> (Signature, Vec<Value>) {
        let Some(passing) = &plan.passing else { unreachable!("stubs that call have a plan for it") };
        let mut rest = pieces;
        let mut places = Vec::with_capacity(pieces.len());
        for argument in &passing.args {
            let scalar = rest.first().map_or(POINTER, |&v| self.b.func.dfg.value_type(v));
            let own = passing::pieces(argument, scalar);
            rest = &rest[own.len()..];
            places.extend(own);
        }
        let parameters = Parameters::new(passing, &places);
        let mut signature = Signature::new(self.abi.call_conv());
        signature.params.extend(parameters.params());
        signature.returns = passing::returns(&passing.result);
        (signature, parameters.send(self, hidden, pieces))
    }

    /// How the code finds the record of its thread.
    pub fn record_access(&self) -> RecordAccess {
        self.compiler.record_access()
    }

    /// The record of the thread that q calls on. Where the thread has none yet, the cold path makes it.
    pub fn record(&mut self) -> Value {
        match self.compiler.record_access() {
            RecordAccess::Word => {
                let record = self.address(Symbol::Record);
                self.require(record);
                record
            }
            RecordAccess::Call => self.call_runtime(Symbol::CurrentRecord, &[]),
        }
    }

    /// The same after a call: loaded again where that is cheaper than a register that the call saves.
    pub fn record_again(&mut self, record: Value) -> Value {
        match self.compiler.record_access() {
            RecordAccess::Word => self.address(Symbol::Record),
            RecordAccess::Call => record,
        }
    }

    /// Notes that a C function runs.
    pub fn begin_call(&mut self, plan: &Plan, record: Value) {
        if may_nest(plan) {
            self.add(record, Record::COUNTED, 1);
        } else {
            self.set_mark(record, 1);
        }
    }

    /// Notes that it has returned. Gives the record for what follows.
    pub fn end_call(&mut self, plan: &Plan, record: Value) -> Value {
        let record = self.record_again(record);
        if may_nest(plan) {
            self.add(record, Record::COUNTED, -1);
        } else {
            self.set_mark(record, 0);
        }
        record
    }

    fn set_mark(&mut self, record: Value, mark: i64) {
        let mark = self.b.ins().iconst(types::I8, mark);
        self.b.ins().store(MemFlagsData::trusted(), mark, record, Record::IN_CALL);
    }

    /// Adds to 32 bits in memory.
    pub fn add(&mut self, base: Value, offset: i32, n: i64) {
        let number = self.load(types::I32, base, offset);
        let sum = self.b.ins().iadd_imm_s(number, n);
        self.b.ins().store(MemFlagsData::trusted(), sum, base, offset);
    }

    /// Leaves the result to the runtime if something waits for the call's return, an error above all. The result is not
    /// used after that call, so that it need not be saved across one on the hot path either.
    fn collect(&mut self, record: Value, result: Option<Value>) {
        let go_on = self.ask_for_attention(record);
        let word = self.word(result);
        let context = self.address(Symbol::Context);
        self.return_call(Symbol::Collect, &[word, context]);
        self.b.switch_to_block(go_on);
    }

    /// The same for a struct, whose address the runtime is given.
    fn collect_struct(&mut self, record: Value, room: StackSlot) {
        let go_on = self.ask_for_attention(record);
        let at = self.b.ins().stack_addr(POINTER, room, 0);
        let context = self.address(Symbol::Context);
        let result = self.call_runtime(Symbol::Collect, &[at, context]);
        self.give_back(&[result]);
        self.b.switch_to_block(go_on);
    }

    /// Begins the block for the case that something waits, and gives the block for the other.
    pub fn ask_for_attention(&mut self, record: Value) -> Block {
        let waiting = self.load(types::I32, record, Record::ATTENTION);
        let (go_on, attend) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(attend);
        self.b.ins().brif(waiting, attend, &[], go_on, &[]);
        self.b.switch_to_block(attend);
        go_on
    }

    /// Goes on if memory was to be had for an object; returns NULL otherwise, as k.h's function has, whose error q then
    /// signals.
    pub fn require_memory(&mut self, object: Value) {
        let (go_on, full) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(full);
        self.b.ins().brif(object, go_on, &[], full, &[]);
        self.b.switch_to_block(full);
        let null = self.b.ins().iconst(POINTER, 0);
        self.give_back(&[null]);
        self.b.switch_to_block(go_on);
    }

    /// A general list of these objects, which it consumes; NULL if one of them is, or if there is no memory for it.
    pub fn list_of(&mut self, objects: &[Value]) -> Value {
        let slot = self.words(objects.len());
        for (i, &object) in objects.iter().enumerate() {
            self.b.ins().stack_store(POINTER, object, slot, 8 * i as i32);
        }
        let items = self.b.ins().stack_addr(POINTER, slot, 0);
        let count = self.b.ins().iconst(types::I64, objects.len() as i64);
        self.call_runtime(Symbol::MakeList, &[items, count])
    }

    /// Room for so many words in the frame, one at least.
    pub fn words(&mut self, count: usize) -> StackSlot {
        let size = 8 * count.max(1) as u32;
        self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3))
    }

    /// A word that begins with this value.
    pub fn word(&mut self, value: Option<Value>) -> Value {
        let Some(value) = value else { return self.b.ins().iconst(types::I64, 0) };
        match self.b.func.dfg.value_type(value) {
            types::F64 => self.b.ins().bitcast(types::I64, MemFlagsData::new(), value),
            types::F32 => {
                let bits = self.b.ins().bitcast(types::I32, MemFlagsData::new(), value);
                self.b.ins().uextend(types::I64, bits)
            }
            types::I64 => value,
            _ => self.b.ins().uextend(types::I64, value),
        }
    }

    fn rebox(&mut self, how: Rebox, result: Option<Value>) -> Value {
        match (how, result) {
            (Rebox::Atom { tag, repr }, Some(value)) => self.rebox_atom(tag, repr, value),
            (Rebox::Pointee { tag, repr, null }, Some(pointer)) => {
                let value = self.pointee(repr, null, pointer);
                self.rebox_atom(tag, repr, value)
            }
            (Rebox::Text, Some(text)) => self.call_runtime(Symbol::MakeSymbol, &[text]),
            (Rebox::Object, Some(object)) => object,
            (Rebox::Pointer, Some(pointer)) => {
                let context = self.address(Symbol::Context);
                self.call_runtime(Symbol::Rebox, &[pointer, context])
            }
            // No result and no error is `::` (code.kx.com "C API for kdb+").
            _ => self.b.ins().iconst(POINTER, 0),
        }
    }

    /// Makes an atom by the constructor of k.h for its type, which can be jumped to ([`super::tail`]); by `ka` and an
    /// inline store for types without one.
    pub fn rebox_atom(&mut self, tag: i8, repr: Repr, value: Value) -> Value {
        let value = self.normalized(repr, value);
        match constructor(tag) {
            Some(constructor) => {
                // The constructors take narrow integers as `int`.
                let value = match clif_type(repr) {
                    types::I8 => self.b.ins().uextend(types::I32, value),
                    types::I16 => self.b.ins().sextend(types::I32, value),
                    _ => value,
                };
                self.call_runtime(constructor, &[value])
            }
            None => {
                // Cranelift wants the bits of a constant zero-extended.
                let tag = self.b.ins().iconst(types::I32, i64::from(i32::from(tag) as u32));
                let atom = self.call_runtime(Symbol::AllocateAtom, &[tag]);
                self.store_if_made(value, atom);
                atom
            }
        }
    }

    /// Stores an atom's payload unless there was no memory for the atom, which then stays NULL.
    fn store_if_made(&mut self, value: Value, atom: Value) {
        let (made, done) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(atom, made, &[], done, &[]);
        self.b.switch_to_block(made);
        self.b.ins().store(MemFlagsData::trusted(), value, atom, PAYLOAD);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    /// What a pointer points to, or the null for NULL.
    pub fn pointee(&mut self, repr: Repr, null: u64, pointer: Value) -> Value {
        let ty = clif_type(repr);
        let (some, none, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let value = self.b.append_block_param(done, ty);
        self.b.set_cold_block(none);
        self.b.ins().brif(pointer, some, &[], none, &[]);
        self.b.switch_to_block(none);
        let null = match ty {
            types::F64 => self.b.ins().f64const(f64::from_bits(null)),
            types::F32 => self.b.ins().f32const(f32::from_bits(null as u32)),
            _ => self.b.ins().iconst(ty, null as i64 & mask(ty)),
        };
        self.b.ins().jump(done, &[null.into()]);
        self.b.switch_to_block(some);
        // C's pointers may be unaligned; nothing else is assumed of them than that they can be read.
        let loaded = self.b.ins().load(ty, MemFlagsData::new().with_notrap(), pointer, 0);
        self.b.ins().jump(done, &[loaded.into()]);
        self.b.switch_to_block(done);
        value
    }

    /// A boolean that is 0 or 1, as q's are; any other value as it is. The callee defines the low 8 bits only.
    pub fn normalized(&mut self, repr: Repr, value: Value) -> Value {
        match repr {
            Repr::Bool => self.b.ins().icmp_imm_s(IntCC::NotEqual, value, 0),
            _ => value,
        }
    }

    /// Calls a function of the runtime or the K API that returns a pointer.
    pub fn call_runtime(&mut self, symbol: Symbol, args: &[Value]) -> Value {
        let call = self.call_symbol(symbol, args, &[AbiParam::new(POINTER)]);
        self.b.inst_results(call)[0]
    }

    /// Returns what a function of the runtime or the K API returns, which is given nothing that points into the frame.
    pub fn return_call(&mut self, symbol: Symbol, args: &[Value]) {
        if args.len() <= self.abi.integer_registers() {
            return self.returning(Mark::Tail, |e| e.call_runtime(symbol, args));
        }
        // Some of the arguments lie in the frame, which a jump would leave first.
        let result = self.call_runtime(symbol, args);
        self.give_back(&[result]);
    }

    /// Returns what `body` computes; a call at its end, whose arguments are in registers, becomes a jump if it may.
    pub fn returning(&mut self, mark: Mark, body: impl FnOnce(&mut Self) -> Value) {
        self.b.set_srcloc(mark.location());
        let result = body(self);
        self.give_back(&[result]);
    }

    /// Returns.
    pub fn give_back(&mut self, values: &[Value]) {
        self.b.set_srcloc(Mark::Return.location());
        self.b.ins().return_(values);
        self.b.set_srcloc(SourceLoc::default());
    }

    /// Calls a function of the runtime or the K API that returns nothing.
    pub fn call_void(&mut self, symbol: Symbol, args: &[Value]) {
        self.call_symbol(symbol, args, &[]);
    }

    fn call_symbol(&mut self, symbol: Symbol, args: &[Value], returns: &[AbiParam]) -> Inst {
        let mut signature = Signature::new(self.abi.call_conv());
        signature.params.extend(args.iter().map(|&a| AbiParam::new(self.b.func.dfg.value_type(a))));
        signature.returns.extend(returns);
        let function = self.import(symbol, signature);
        self.b.ins().call(function, args)
    }

    /// A function of this signature at the address behind a symbol.
    pub fn import(&mut self, symbol: Symbol, signature: Signature) -> FuncRef {
        let name = self.name(symbol);
        let signature = self.b.import_signature(signature);
        self.b.import_function(ExtFuncData { name, signature, colocated: false, patchable: false })
    }

    /// The address behind a symbol.
    pub fn address(&mut self, symbol: Symbol) -> Value {
        let name = self.name(symbol);
        let data = GlobalValueData::Symbol { name, offset: 0.into(), colocated: false, tls: false };
        let global = self.b.create_global_value(data);
        self.b.ins().symbol_value(POINTER, global)
    }

    fn name(&mut self, symbol: Symbol) -> ExternalName {
        let name = UserExternalName { namespace: 0, index: symbol as u32 };
        ExternalName::user(self.b.func.declare_imported_user_function(name))
    }
}

/// Whether C that is called may call q by itself, without a thunk: C that knows K objects. Other stubs may then set and
/// clear their mark within the call, which is counted instead.
fn may_nest(plan: &Plan) -> bool {
    plan.params.contains(&Unbox::Object) || plan.result == Rebox::Object
}

/// The constructor of k.h for atoms of this tag. There is none for some types, and that of reals takes a double.
fn constructor(tag: i8) -> Option<Symbol> {
    match -tag {
        tag::BOOLEAN => Some(Symbol::MakeBoolean),
        tag::BYTE => Some(Symbol::MakeByte),
        tag::CHAR => Some(Symbol::MakeChar),
        tag::SHORT => Some(Symbol::MakeShort),
        tag::INT => Some(Symbol::MakeInt),
        tag::LONG => Some(Symbol::MakeLong),
        tag::FLOAT => Some(Symbol::MakeFloat),
        _ => None,
    }
}

/// The bits that a constant of this type may have.
fn mask(ty: Type) -> i64 {
    if ty.bits() == 64 { -1 } else { (1 << ty.bits()) - 1 }
}

/// The CLIF type an argument has on its way to C.
pub fn param_type(unbox: Unbox) -> Type {
    match unbox {
        Unbox::Payload { load, .. } => load_type(load),
        _ => POINTER,
    }
}

/// The CLIF type of a number that has been loaded.
pub fn load_type(load: Load) -> Type {
    match load {
        Load { extend: Some(_), .. } => types::I32,
        Load { widen: true, .. } => types::F64,
        _ => clif_type(load.repr),
    }
}

/// The CLIF type of what C returns.
pub fn rebox_type(rebox: Rebox) -> Option<Type> {
    match rebox {
        Rebox::Nothing => None,
        Rebox::Atom { repr, .. } => Some(clif_type(repr)),
        Rebox::Pointee { .. } | Rebox::Text | Rebox::Object | Rebox::Pointer | Rebox::Struct => Some(POINTER),
    }
}

/// A signature of that many pointers, returning one.
pub fn pointers(call_conv: CallConv, params: usize) -> Signature {
    let mut signature = Signature::new(call_conv);
    signature.params = vec![AbiParam::new(POINTER); params];
    signature.returns = vec![AbiParam::new(POINTER)];
    signature
}

/// The CLIF type of a C value.
pub fn clif_type(repr: Repr) -> Type {
    match repr {
        Repr::Bool | Repr::U8 | Repr::Char => types::I8,
        Repr::I16 => types::I16,
        Repr::I32 => types::I32,
        Repr::I64 => types::I64,
        Repr::F32 => types::F32,
        Repr::F64 => types::F64,
        Repr::Pointer => POINTER,
    }
}
