package dev.socketserver.autoconfigure.cluster;

import java.time.Duration;

import dev.socketserver.cluster.spi.ManagedCluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.support.GenericApplicationContext;

import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class SocketClusterLifecycleTests {

	private final ManagedCluster cluster = mock(ManagedCluster.class);

	@ParameterizedTest
	@CsvSource({ "PT0.1S, PT0.1S", "PT2S, PT2S", "PT60S, PT2S" })
	void waitsForTheDirectoryForTwoSecondsAtMost(Duration requestTimeout, Duration patience) {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			new SocketClusterLifecycle(this.cluster, requestTimeout, context).start();
			then(this.cluster).should().join(patience);
		}
	}

}
