package dev.socketserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the check of {@code .ci/release-dry-run} says each violation.
 */
class ReleaseCheckTests {

	private static final String POM = """
			<project>
				<modelVersion>4.0.0</modelVersion>
				<groupId>dev.socketserver</groupId>
				<artifactId>%s</artifactId>
				<version>1.0</version>
				<url>https://example.com</url>
				<licenses><license><name>Apache</name><url>https://example.com</url></license></licenses>
				<developers><developer><name>We</name></developer></developers>
				<scm><url>https://example.com</url><connection>scm:git</connection></scm>
				%s
			</project>
			""";

	@TempDir
	private Path repository;

	@Test
	void saysWhatMavenCentralWouldRefuse() throws Exception {
		file("socket-server-bom", "1.0", ".pom", POM.formatted("socket-server-bom", """
				<name>BOM</name>
				<description>Versions</description>
				<packaging>pom</packaging>
				<dependencyManagement><dependencies>
				<dependency><artifactId>socket-server-core</artifactId></dependency>
				<dependency><artifactId>socket-server-repl</artifactId></dependency>
				<dependency><artifactId>socket-server-starter</artifactId></dependency>
				</dependencies></dependencyManagement>
				"""));
		file("socket-server-core", "1.0", ".pom", POM.formatted("socket-server-care", """
				<name>${title}</name>
				<parent><artifactId>socket-server-parent</artifactId></parent>
				<dependencies><dependency><version>2-SNAPSHOT</version></dependency></dependencies>
				"""));
		jar("socket-server-core", ".jar", "dev/socketserver/SocketServer.class");
		jar("socket-server-core", "-javadoc.jar", "empty.txt");
		file("socket-server-starter", "1.0", ".pom",
				POM.formatted("socket-server-starter", "<name>Starter</name><description>Dependencies</description>"));
		jar("socket-server-starter", ".jar", "empty.txt");
		jar("socket-server-starter", "-javadoc.jar", "empty.txt");
		file("socket-server-fixtures", "0.9-SNAPSHOT", ".pom", "<project/>");

		assertThat(violations()).contains("socket-server-bom has no developerConnection of the scm",
				"socket-server-core has no description", "socket-server-core has another artifactId than its folder",
				"socket-server-core has an element parent", "socket-server-core has the unresolved ${title}",
				"socket-server-core needs the snapshot 2-SNAPSHOT", "there is no socket-server-core-1.0-sources.jar",
				"socket-server-core-1.0-javadoc.jar has no index.html",
				"socket-server-starter-1.0.jar does not say that it is a starter",
				"socket-server-fixtures is not in the BOM", "socket-server-fixtures has the version 0.9-SNAPSHOT",
				"socket-server-fixtures has no POM of 1.0", "socket-server-repl is missing",
				"socket-server-core-1.0.jar is not signed", "socket-server-core-1.0.jar has no md5, or a wrong one",
				"socket-server-core-1.0.jar has no sha1, or a wrong one")
			.doesNotContain("socket-server-bom-1.0.jar", "socket-server-starter-1.0-sources.jar", "Exception");
	}

	private String violations() throws Exception {
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		Process check = new ProcessBuilder(java.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"../.ci/CheckRelease.java", this.repository.toString(), "1.0")
			.redirectErrorStream(true)
			.start();
		String output = new String(check.getInputStream().readAllBytes());
		assertThat(check.waitFor()).as(output).isOne();
		return output;
	}

	private void jar(String artifact, String suffix, String entry) throws IOException {
		Manifest manifest = new Manifest();
		manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
		try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(path(artifact, "1.0", suffix)),
				manifest)) {
			jar.putNextEntry(new ZipEntry(entry));
		}
	}

	private void file(String artifact, String version, String suffix, String text) throws IOException {
		Files.writeString(path(artifact, version, suffix), text);
	}

	private Path path(String artifact, String version, String suffix) throws IOException {
		Path folder = this.repository.resolve("dev/socketserver").resolve(artifact).resolve(version);
		return Files.createDirectories(folder).resolve(artifact + "-" + version + suffix);
	}

}
