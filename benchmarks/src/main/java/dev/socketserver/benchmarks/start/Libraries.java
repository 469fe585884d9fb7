package dev.socketserver.benchmarks.start;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The class path of this program with directories of classes as jars: a JVM stores no
 * classes of directories.
 */
final class Libraries {

	private final List<Path> jars = new ArrayList<>();

	/**
	 * Packs what is not packed.
	 * @param directory an existing directory for the jars
	 * @throws IOException if a jar cannot be written
	 */
	Libraries(Path directory) throws IOException {
		for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path entry = Path.of(each).toAbsolutePath();
			if (Files.isRegularFile(entry)) {
				this.jars.add(entry);
			}
			else if (Files.isDirectory(entry)) {
				Path jar = directory.resolve(module(entry) + ".jar").toAbsolutePath();
				pack(entry, jar);
				this.jars.add(jar);
			}
		}
	}

	/** Returns the name of a module, whose classes are in {@code target/classes}. */
	private static Path module(Path classes) {
		return classes.getName(classes.getNameCount() - 3);
	}

	private static void pack(Path classes, Path jar) throws IOException {
		try (Stream<Path> files = Files.walk(classes);
				OutputStream out = Files.newOutputStream(jar);
				JarOutputStream packed = new JarOutputStream(out)) {
			for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
				packed.putNextEntry(new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
				Files.copy(file, packed);
			}
		}
	}

	/** Returns the class path of an application. */
	String classPath(StartKind kind) {
		return this.jars.stream()
			.filter((jar) -> kind.has(jar.getFileName().toString()))
			.map(Path::toString)
			.collect(Collectors.joining(File.pathSeparator));
	}

}
