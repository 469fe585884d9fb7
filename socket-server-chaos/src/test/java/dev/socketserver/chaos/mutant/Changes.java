package dev.socketserver.chaos.mutant;

import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/**
 * The mistakes that can be made: calls that are forgotten, made twice or answered
 * wrongly.
 */
final class Changes {

	private Changes() {
	}

	/**
	 * Leaves out the call of a method; its result is 0, {@code false} or {@code null}.
	 * @param called the name of the method that is called
	 */
	static CodeMutant.Change without(String called) {
		return without(called, 1);
	}

	static CodeMutant.Change without(String called, int nth) {
		return named("no call of " + called, (next, descriptor, changed) -> new Calls(next, called, nth, changed) {

			@Override
			void call(int opcode, String owner, String name, String types, boolean ofInterface) {
				Type[] arguments = Type.getArgumentTypes(types);
				for (int i = arguments.length - 1; i >= 0; i--) {
					this.mv.visitInsn((arguments[i].getSize() == 2) ? Opcodes.POP2 : Opcodes.POP);
				}
				if (opcode != Opcodes.INVOKESTATIC) {
					this.mv.visitInsn(Opcodes.POP);
				}
				zero(this.mv, Type.getReturnType(types));
			}

		});
	}

	/** Makes the call of a method twice, which has one argument at most. */
	static CodeMutant.Change twice(String called) {
		return named("two calls of " + called, (next, descriptor, changed) -> new Calls(next, called, 1, changed) {

			@Override
			void call(int opcode, String owner, String name, String types, boolean ofInterface) {
				this.mv.visitInsn((Type.getArgumentCount(types) > 0) ? Opcodes.DUP2 : Opcodes.DUP);
				this.mv.visitMethodInsn(opcode, owner, name, types, ofInterface);
				int size = Type.getReturnType(types).getSize();
				if (size > 0) {
					this.mv.visitInsn((size == 2) ? Opcodes.POP2 : Opcodes.POP);
				}
				this.mv.visitMethodInsn(opcode, owner, name, types, ofInterface);
			}

			@Override
			public void visitMaxs(int stack, int locals) {
				super.visitMaxs(stack + 3, locals);
			}

		});
	}

	/** Takes the answer of a method that returns a {@code boolean} for its opposite. */
	static CodeMutant.Change not(String called) {
		return not(called, 1);
	}

	static CodeMutant.Change not(String called, int nth) {
		return named("not " + called, (next, descriptor, changed) -> new Calls(next, called, nth, changed) {

			@Override
			void call(int opcode, String owner, String name, String types, boolean ofInterface) {
				this.mv.visitMethodInsn(opcode, owner, name, types, ofInterface);
				this.mv.visitInsn(Opcodes.ICONST_1);
				this.mv.visitInsn(Opcodes.IXOR);
			}

			@Override
			public void visitMaxs(int stack, int locals) {
				super.visitMaxs(stack + 1, locals);
			}

		});
	}

	/** Adds to the result of a method that returns an {@code int}. */
	static CodeMutant.Change plus(String called, int more) {
		return named(called + " + " + more, (next, descriptor, changed) -> new Calls(next, called, 1, changed) {

			@Override
			void call(int opcode, String owner, String name, String types, boolean ofInterface) {
				this.mv.visitMethodInsn(opcode, owner, name, types, ofInterface);
				this.mv.visitIntInsn(Opcodes.BIPUSH, more);
				this.mv.visitInsn(Opcodes.IADD);
			}

			@Override
			public void visitMaxs(int stack, int locals) {
				super.visitMaxs(stack + 1, locals);
			}

		});
	}

	/** Does nothing, and returns 0, {@code false} or {@code null}. */
	static CodeMutant.Change nothing() {
		return returning(false);
	}

	/** Does nothing; a {@code boolean} is that one. */
	static CodeMutant.Change returning(boolean result) {
		return named("returns " + result, (next, descriptor, changed) -> {
			Type type = Type.getReturnType(descriptor);
			next.visitCode();
			if (result) {
				next.visitInsn(Opcodes.ICONST_1);
			}
			else {
				zero(next, type);
			}
			next.visitInsn(type.getOpcode(Opcodes.IRETURN));
			int arguments = Type.getArgumentsAndReturnSizes(descriptor) >> 2;
			next.visitMaxs(2, arguments);
			next.visitEnd();
			changed.run();
			// What is read of the real method goes nowhere.
			return null;
		});
	}

	private static void zero(MethodVisitor visitor, Type type) {
		switch (type.getSort()) {
			case Type.VOID -> {
				// There is no result.
			}
			case Type.OBJECT, Type.ARRAY -> visitor.visitInsn(Opcodes.ACONST_NULL);
			case Type.LONG -> visitor.visitInsn(Opcodes.LCONST_0);
			case Type.DOUBLE -> visitor.visitInsn(Opcodes.DCONST_0);
			case Type.FLOAT -> visitor.visitInsn(Opcodes.FCONST_0);
			default -> visitor.visitInsn(Opcodes.ICONST_0);
		}
	}

	private static CodeMutant.Change named(String name, CodeMutant.Change change) {
		return new CodeMutant.Change() {

			@Override
			public MethodVisitor apply(MethodVisitor next, String descriptor, Runnable changed) {
				return change.apply(next, descriptor, changed);
			}

			@Override
			public String toString() {
				return name;
			}

		};
	}

	/** Changes one call of a method. */
	private abstract static class Calls extends MethodVisitor {

		private final String called;

		private final int nth;

		private final Runnable changed;

		private int seen;

		Calls(MethodVisitor next, String called, int nth, Runnable changed) {
			super(Opcodes.ASM9, next);
			this.called = called;
			this.nth = nth;
			this.changed = changed;
		}

		abstract void call(int opcode, String owner, String name, String types, boolean ofInterface);

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String types, boolean ofInterface) {
			if (name.equals(this.called) && ++this.seen == this.nth) {
				this.changed.run();
				call(opcode, owner, name, types, ofInterface);
			}
			else {
				super.visitMethodInsn(opcode, owner, name, types, ofInterface);
			}
		}

	}

}
