package dev.socketserver.chaos.mutant;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * One mistake in one method.
 *
 * @param name what the mistake is
 * @param type the name of the class, below {@code dev.socketserver}
 * @param method the method with the mistake
 * @param change what is changed there
 */
record CodeMutant(String name, String type, String method, Change change) implements Mutant {

	@Override
	public String file() {
		return "dev/socketserver/" + this.type.replace('.', '/') + ".class";
	}

	@Override
	public byte[] change(byte[] file) {
		ClassReader reader = new ClassReader(file);
		ClassWriter writer = new ClassWriter(0);
		Patch patch = new Patch(writer);
		reader.accept(patch, 0);
		if (patch.changes != 1) {
			throw new IllegalStateException("Mutant '" + this.name + "': " + this.type + "." + this.method + " has "
					+ patch.changes + " places for '" + this.change + "', and not one");
		}
		return writer.toByteArray();
	}

	@Override
	public boolean needsCluster() {
		return this.type.startsWith("cluster.node.");
	}

	@Override
	public String toString() {
		return this.name;
	}

	/** What is changed in a method. */
	interface Change {

		/**
		 * Returns what reads the method, and writes the changed one.
		 * @param next writes it
		 * @param descriptor the types of the method
		 * @param changed is run at each change
		 */
		MethodVisitor apply(MethodVisitor next, String descriptor, Runnable changed);

	}

	/** Changes the method, and counts. */
	private final class Patch extends ClassVisitor {

		private int changes;

		Patch(ClassWriter writer) {
			super(Opcodes.ASM9, writer);
		}

		@Override
		public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
				String[] exceptions) {
			MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
			if (!name.equals(CodeMutant.this.method) || (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_BRIDGE)) != 0) {
				return next;
			}
			return CodeMutant.this.change.apply(next, descriptor, () -> this.changes++);
		}

	}

}
