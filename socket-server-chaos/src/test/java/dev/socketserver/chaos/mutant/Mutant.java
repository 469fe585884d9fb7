package dev.socketserver.chaos.mutant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * One mistake in one method of the product: a class file that stands in front of the real
 * one on the class path of the application.
 *
 * @param name what the mistake is
 * @param type the name of the class, below {@code dev.socketserver}
 * @param method the method with the mistake
 * @param change what is changed there
 */
record Mutant(String name, String type, String method, Change change) {

	private static final String ROOT = "dev/socketserver/";

	/**
	 * Writes the class.
	 * @param directory the folder of the class path
	 * @throws IllegalStateException if there is nothing to change: the product has become
	 * another
	 */
	void write(Path directory) throws IOException {
		String file = ROOT + this.type.replace('.', '/') + ".class";
		try (InputStream in = Mutant.class.getResourceAsStream("/" + file)) {
			if (in == null) {
				throw new IllegalStateException("Mutant '" + this.name + "': there is no class " + this.type);
			}
			ClassReader reader = new ClassReader(in);
			ClassWriter writer = new ClassWriter(0);
			Patch patch = new Patch(writer);
			reader.accept(patch, 0);
			if (patch.changes != 1) {
				throw new IllegalStateException("Mutant '" + this.name + "': " + this.type + "." + this.method + " has "
						+ patch.changes + " places for '" + this.change + "', and not one");
			}
			Path target = directory.resolve(file);
			Files.createDirectories(target.getParent());
			Files.write(target, writer.toByteArray());
		}
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
			if (!name.equals(Mutant.this.method) || (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_BRIDGE)) != 0) {
				return next;
			}
			return Mutant.this.change.apply(next, descriptor, () -> this.changes++);
		}

	}

}
