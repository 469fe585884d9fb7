package dev.socketserver.benchmarks.start;

import java.nio.file.Path;
import java.util.List;

/** A file in which the JVM stores the classes of an application. */
final class StoredClasses {

	private static final boolean AOT = Runtime.version().feature() >= 25;

	/** What the report calls it. */
	static final String TITLE = AOT ? "with an AOT cache" : "with a class data archive";

	private StoredClasses() {
	}

	/** Returns the options of the start that writes the file. */
	static List<String> write(Path file) {
		return List.of((AOT ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + file);
	}

	/** Returns the options of a start that uses the file, and fails without it. */
	static List<String> use(Path file) {
		return AOT ? List.of("-XX:AOTMode=on", "-XX:AOTCache=" + file)
				: List.of("-Xshare:on", "-XX:SharedArchiveFile=" + file);
	}

}
