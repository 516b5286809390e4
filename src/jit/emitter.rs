//! What all forms of code are written with: loads, checks, calls, ways out.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{
    AbiParam, Block, ExtFuncData, ExternalName, FuncRef, Function, GlobalValueData, Inst, InstBuilder,
    MemFlagsData, Signature, StackSlot, StackSlotData, StackSlotKind, Type, UserExternalName, Value,
    condcodes::IntCC, types,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::compiler::Compiler;
use super::mark::Mark;
use super::symbol::Symbol;
use crate::abi::Abi;
use crate::k::{LENGTH, TAG};

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
    pub(super) unlikely: bool,
    /// For whose target it is.
    pub compiler: &'a Compiler,
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
        if self.is_aarch64() {
            // It compares 32 bits, and the load is what extends a byte.
            let tag = self.b.ins().uload8(types::I32, MemFlagsData::trusted(), object, TAG);
            return self.b.ins().icmp_imm_s(IntCC::Equal, tag, i64::from(wanted as u8));
        }
        let tag = self.load(types::I8, object, TAG);
        self.b.ins().icmp_imm_s(IntCC::Equal, tag, i64::from(wanted))
    }

    fn is_aarch64(&self) -> bool {
        matches!(self.abi, Abi::Aapcs64 | Abi::Apple)
    }

    /// Whether a vector or list has this many items.
    pub fn has_length(&mut self, object: Value, wanted: usize) -> Value {
        let length = self.load(types::I64, object, LENGTH);
        self.b.ins().icmp_imm_s(IntCC::Equal, length, wanted as i64)
    }

    /// Adds to 32 bits in memory.
    pub fn add(&mut self, base: Value, offset: i32, n: i64) {
        let number = self.load(types::I32, base, offset);
        let sum = self.b.ins().iadd_imm_s(number, n);
        self.b.ins().store(MemFlagsData::trusted(), sum, base, offset);
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
        let result = body(self);
        mark.set_on_call(self.b.func, result);
        self.give_back(&[result]);
    }

    /// Returns.
    pub fn give_back(&mut self, values: &[Value]) {
        self.b.ins().return_(values);
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

    /// A function of this signature at the address behind a symbol, called as if it were near ([`super::veneer`]).
    pub fn import(&mut self, symbol: Symbol, signature: Signature) -> FuncRef {
        self.import_at(symbol, signature, true)
    }

    /// The same for calls in a loop, on x86-64 through a register if it is not near ([`super::loaded_call`]). On AArch64 that would
    /// take as many instructions as a veneer, near or not.
    pub fn import_far(&mut self, symbol: Symbol, signature: Signature) -> FuncRef {
        self.import_at(symbol, signature, self.is_aarch64())
    }

    fn import_at(&mut self, symbol: Symbol, signature: Signature, colocated: bool) -> FuncRef {
        let name = self.name(symbol);
        let signature = self.b.import_signature(signature);
        self.b.import_function(ExtFuncData { name, signature, colocated, patchable: false })
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

/// A signature of that many pointers, returning one.
pub fn pointers(call_conv: CallConv, params: usize) -> Signature {
    let mut signature = Signature::new(call_conv);
    signature.params = vec![AbiParam::new(POINTER); params];
    signature.returns = vec![AbiParam::new(POINTER)];
    signature
}
