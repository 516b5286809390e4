//! The call of a C function: its arguments, the mark in the thread's record, and what may wait for its return.

#![forbid(unsafe_code)]

use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Signature, StackSlot, Type, Value, types};

use super::compiler::RecordAccess;
use super::emitter::{Emitter, POINTER};
use super::mark::Mark;
use super::parameters::{self, Parameters};
use super::structs;
use super::symbol::Symbol;
use crate::abi::Returned;
use crate::calls::Record;
use crate::os;
use crate::plan::{Plan, Rebox, Results, Unbox};

impl Emitter<'_> {
    /// Calls the C function with the pieces of its arguments and returns its boxed result.
    pub fn call_and_return(&mut self, plan: &Plan, record: Value, pieces: &[Value]) {
        if let Some(results) = &plan.results {
            return self.call_with_outs(plan, results, record, pieces);
        }
        let room = plan.result_fields.as_ref().map(|fields| structs::room(self, fields));
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
                structs::store(self, &passing.result, &results, room);
                self.collect_struct(record, room);
                let result = structs::rebox(self, fields, room);
                self.give_back(&[result]);
            }
            _ => {
                let result = results.first().copied();
                self.collect(plan, record, result);
                // A stub whose own loads fault goes on behind the call again, which must not be counted twice.
                let how = match plan.result {
                    Rebox::Pointee { .. } if may_nest(plan) => Rebox::Pointer,
                    how => how,
                };
                self.returning(Mark::Tail, |e| e.rebox(how, result));
            }
        }
    }

    /// The same of a function that fills out-parameters: they and the result lie side by side in the frame, zeros at first.
    fn call_with_outs(&mut self, plan: &Plan, results: &Results, record: Value, pieces: &[Value]) {
        let room = self.words(results.size / 8);
        let zero = self.b.ins().iconst(types::I64, 0);
        for word in 0..results.size / 8 {
            self.b.ins().stack_store(POINTER, zero, room, 8 * word as i32);
        }
        let pieces = self.with_rooms(plan, room, pieces);
        let (signature, args) = self.passed(plan, None, &pieces);
        let target = self.import(Symbol::Target, signature);
        self.begin_call(plan, record);
        let call = self.b.ins().call(target, &args);
        if let Some(&result) = self.b.inst_results(call).first() {
            self.b.ins().stack_store(POINTER, result, room, 0);
        }
        let record = self.end_call(plan, record);
        self.collect_struct(record, room);
        let made = match &results.numbers {
            Some(fields) if results.count == 1 => structs::rebox_only(self, fields, room),
            Some(fields) => structs::rebox(self, fields, room),
            None => {
                let at = self.b.ins().stack_addr(POINTER, room, 0);
                let context = self.address(Symbol::Context);
                self.call_runtime(Symbol::Rebox, &[at, context])
            }
        };
        self.give_back(&[made]);
    }

    /// The pieces of all arguments, from those of q's and the addresses of what C fills.
    fn with_rooms(&mut self, plan: &Plan, room: StackSlot, pieces: &[Value]) -> Vec<Value> {
        let Some(passing) = &plan.passing else { unreachable!("stubs that call have a plan for it") };
        let mut rest = pieces.iter();
        let mut all = Vec::with_capacity(plan.params.len());
        for (unbox, argument) in plan.params.iter().zip(&passing.args) {
            match unbox {
                Unbox::Room(offset) => all.push(self.b.ins().stack_addr(POINTER, room, *offset as i32)),
                _ => all.extend(rest.by_ref().take(parameters::pieces(argument, POINTER).len())),
            }
        }
        all
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
            let own = parameters::pieces(argument, scalar);
            rest = &rest[own.len()..];
            places.extend(own);
        }
        let parameters = Parameters::new(passing, &places);
        let mut signature = Signature::new(self.abi.call_conv());
        signature.params.extend(parameters.params());
        signature.returns = parameters::returns(&passing.result);
        (signature, parameters.send(self, hidden, pieces))
    }

    /// How the code finds the record of its thread.
    pub fn record_access(&self) -> RecordAccess {
        self.compiler.record_access()
    }

    /// The record of the thread that q calls on. The cold path makes it where the thread has none yet, and calls C wherever
    /// that is asked for ([`crate::calls::set_cold`]).
    pub fn record(&mut self) -> Value {
        let record = match self.compiler.record_access() {
            RecordAccess::Word => self.address(Symbol::EntryRecord),
            RecordAccess::Call => self.call_runtime(Symbol::CurrentRecord, &[]),
        };
        self.require(record);
        record
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

    /// Notes that it has returned, and the error that Windows has for it: that is the call's own as long as nothing else has
    /// run. Gives the record for what follows.
    pub fn end_call(&mut self, plan: &Plan, record: Value) -> Value {
        let record = self.record_again(record);
        if self.compiler.notes_last_error() {
            let block = self.address(Symbol::ThreadBlock);
            let error = self.load(types::I32, block, os::LAST_ERROR);
            self.b.ins().store(MemFlagsData::trusted(), error, record, Record::LAST_ERROR);
        }
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

    /// Leaves the result to the runtime if something waits for the call's return, an error above all. The result is not
    /// used after that call, so that it need not be saved across one on the hot path either. So it does with an object where
    /// those are looked at.
    fn collect(&mut self, plan: &Plan, record: Value, result: Option<Value>) {
        let go_on = match plan.result {
            Rebox::Object => self.ask(types::I64, record, Record::ATTENTION_OR_LOOKS),
            _ => self.ask_for_attention(record),
        };
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
        self.ask(types::I32, record, Record::ATTENTION)
    }

    /// The same for what is not 0 at that offset.
    fn ask(&mut self, ty: Type, record: Value, offset: i32) -> Block {
        let waiting = self.load(ty, record, offset);
        let (go_on, attend) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(attend);
        self.b.ins().brif(waiting, attend, &[], go_on, &[]);
        self.b.switch_to_block(attend);
        go_on
    }
}

/// Whether C that is called may call q by itself, without a thunk: C that knows K objects. Other stubs may then set and
/// clear their mark within the call, which is counted instead.
fn may_nest(plan: &Plan) -> bool {
    plan.params.contains(&Unbox::Object) || plan.result == Rebox::Object
}
