package dev.socketserver.repl.evaluate;

import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;

/**
 * Makes compiled code check whether it was interrupted, each time that a loop goes round
 * and when a method begins: {@code while (true) { }} waits for nothing, and would never
 * notice. The call neither takes anything from the stack nor leaves anything there, so
 * that the frames in the class stay right.
 */
final class LoopChecks {

	private static final String OWNER = JavaValues.class.getName().replace('.', '/');

	private LoopChecks() {
	}

	/**
	 * Adds the calls to a class.
	 * @param compiled the class
	 * @return the class with the calls, or unchanged if it is of a Java that is too new
	 */
	static byte[] into(byte[] compiled) {
		ClassReader reader;
		try {
			reader = new ClassReader(compiled);
		}
		catch (IllegalArgumentException ex) {
			return compiled;
		}
		ClassWriter writer = new ClassWriter(reader, 0);
		reader.accept(new Methods(writer), 0);
		return writer.toByteArray();
	}

	private static final class Methods extends ClassVisitor {

		Methods(ClassVisitor next) {
			super(Opcodes.ASM9, next);
		}

		@Override
		public @Nullable MethodVisitor visitMethod(int access, String name, String descriptor,
				@Nullable String signature, String @Nullable [] exceptions) {
			MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
			return (method != null) ? new Checks(method) : null;
		}

	}

	private static final class Checks extends MethodVisitor {

		/** The labels that were passed: a jump to one of them goes back. */
		private final Set<Label> passed = new HashSet<>();

		Checks(MethodVisitor next) {
			super(Opcodes.ASM9, next);
		}

		@Override
		public void visitCode() {
			super.visitCode();
			check();
		}

		@Override
		public void visitLabel(Label label) {
			this.passed.add(label);
			super.visitLabel(label);
		}

		@Override
		public void visitJumpInsn(int opcode, Label label) {
			if (this.passed.contains(label)) {
				check();
			}
			super.visitJumpInsn(opcode, label);
		}

		private void check() {
			super.visitMethodInsn(Opcodes.INVOKESTATIC, OWNER, JavaValues.CHECK, "()V", false);
		}

	}

}
