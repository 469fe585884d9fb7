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
	void knowsTheTcpPortsOfNamesAndAliases() throws IOException {
		ServiceNames names = new ServiceNames(Files.writeString(this.directory.resolve("services"), """
				# echo 1/tcp
				echo		7/udp
				echo		7/tcp		ping	# and more
				odd			x/tcp
				short
				last	65000/tcp"""));

		assertThat(names.port("echo")).hasValue(7);
		assertThat(names.port("ping")).hasValue(7);
		assertThat(names.port("last")).hasValue(65000);
		assertThat(names.port("odd")).isEmpty();
		assertThat(names.port("short")).isEmpty();
		assertThat(names.port("and")).isEmpty();
		assertThat(names.port("7/tcp")).isEmpty();
		assertThat(names.port("")).isEmpty();
	}

	@Test
	void aMachineWithoutDatabaseKnowsNothing() {
		assertThat(new ServiceNames(this.directory.resolve("none")).port("echo")).isEmpty();
	}

}
