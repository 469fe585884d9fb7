package dev.socketserver.chaos.mutant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One mistake in the product: a file that stands in front of the real one on the class
 * path of the application.
 */
sealed interface Mutant permits CodeMutant, ScriptMutant {

	/** What the mistake is. */
	String name();

	/** The path of the file on the class path. */
	String file();

	/**
	 * Makes the mistake.
	 * @param file the real file
	 * @return the changed one
	 * @throws IllegalStateException if there is nothing to change: the product has become
	 * another
	 */
	byte[] change(byte[] file);

	/** Whether there must be another node, which then has the same mistake. */
	boolean needsCluster();

	/**
	 * Writes the file.
	 * @param directory the folder of the class path
	 */
	default void write(Path directory) throws IOException {
		try (InputStream in = Mutant.class.getResourceAsStream("/" + file())) {
			if (in == null) {
				throw new IllegalStateException("Mutant '" + name() + "': there is no file " + file());
			}
			Path target = directory.resolve(file());
			Files.createDirectories(target.getParent());
			Files.write(target, change(in.readAllBytes()));
		}
	}

}
