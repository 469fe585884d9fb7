package dev.socketserver.examples.syslog;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.examples.syslog.Records.Record;
import dev.socketserver.examples.syslog.Records.Severity;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.RealProgram;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@SpringBootTest(properties = "spring.config.name=syslog")
class SyslogTests {

	@Autowired
	private Records records;

	@LocalSocketPort("syslog")
	private int port;

	@BeforeEach
	void none() {
		this.records.waiting.clear();
	}

	private Record next() {
		return Patience.next(this.records.waiting);
	}

	@Test
	void aDatagramIsAMessage(@SocketConnection("syslog") SocketTestClient client) throws Exception {
		client.send("<34>Oct 11 22:14:15 mymachine su: 'su root' failed\n").send("no priority");
		assertThat(next())
			.isEqualTo(new Record("127.0.0.1", 4, Severity.CRITICAL, "Oct 11 22:14:15 mymachine su: 'su root' failed"));
		assertThat(next()).isEqualTo(new Record("127.0.0.1", 1, Severity.NOTICE, "no priority"));
	}

	@Test
	void overTcpMessagesAreCountedOrLines(@SocketConnection("syslog-tcp") SocketTestClient client) throws Exception {
		client.sendRaw("9 <14>one\n\n<11>two\n");
		assertThat(next()).isEqualTo(new Record("127.0.0.1", 1, Severity.INFORMATIONAL, "one"));
		assertThat(next()).isEqualTo(new Record("127.0.0.1", 1, Severity.ERROR, "two"));
	}

	@Test
	void loggerSendsDatagrams(@TempDir Path directory) throws Exception {
		RealProgram.run(directory, "logger", "--udp", "--server", "127.0.0.1", "--port", "" + this.port, "--priority",
				"local3.warning", "--tag", "test", "disk almost full");
		Record record = next();
		assertThat(record.severity()).isEqualTo(Severity.WARNING);
		assertThat(record.facility()).isEqualTo(16 + 3);
		assertThat(record.text()).endsWith("disk almost full");
	}

	/** The daemon reads a file, and forwards its lines. */
	@Test
	void rsyslogForwards(@TempDir Path directory) throws Exception {
		assumeTrue(RealProgram.isInstalled("rsyslogd"), "rsyslogd is not on this machine");
		Path source = Files.writeString(directory.resolve("source.log"), "first line\nsecond line\n");
		Path configuration = Files.writeString(directory.resolve("rsyslog.conf"), """
				global(workDirectory="%1$s")
				module(load="imfile")
				input(type="imfile" file="%2$s" tag="test")
				action(type="omfwd" target="127.0.0.1" port="%3$s" protocol="udp")
				""".formatted(directory, source, this.port));
		Process daemon = new ProcessBuilder("rsyslogd", "-n", "-f", configuration.toString(), "-i",
				directory.resolve("rsyslog.pid").toString())
			.redirectErrorStream(true)
			.redirectOutput(new File(directory.toFile(), "rsyslogd.out"))
			.start();
		try {
			assertThat(next().text()).endsWith("first line");
			assertThat(next().text()).endsWith("second line");
		}
		finally {
			daemon.destroy();
			Patience.await(daemon);
		}
	}

}
