package dev.socketserver.autoconfigure.port;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceNamesTests {

	@TempDir
	private Path directory;

	@Test
	void knowsThePortsOfNamesAndAliasesForEachProtocol() throws IOException {
		ServiceNames names = new ServiceNames(Files.writeString(this.directory.resolve("services"), """
				# echo 1/tcp
				echo		7/udp
				echo		7/tcp		ping	# and more
				odd			x/tcp
				short
				tftp	69/udp
				last	65000/tcp"""));

		assertThat(names.port("echo", "tcp")).hasValue(7);
		assertThat(names.port("ping", "tcp")).hasValue(7);
		assertThat(names.port("last", "tcp")).hasValue(65000);
		assertThat(names.port("tftp", "tcp")).isEmpty();
		assertThat(names.port("tftp", "udp")).hasValue(69);
		assertThat(names.port("last", "udp")).isEmpty();
		assertThat(names.port("odd", "tcp")).isEmpty();
		assertThat(names.port("short", "tcp")).isEmpty();
		assertThat(names.port("and", "tcp")).isEmpty();
		assertThat(names.port("7/tcp", "tcp")).isEmpty();
		assertThat(names.port("", "tcp")).isEmpty();
	}

	@Test
	void aMachineWithoutDatabaseKnowsNothing() {
		assertThat(new ServiceNames(this.directory.resolve("none")).port("echo", "tcp")).isEmpty();
	}

}
