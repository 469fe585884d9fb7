package dev.socketserver.autoconfigure.cluster;

import java.time.Duration;

import dev.socketserver.cluster.spi.ManagedCluster;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class SocketClusterLifecycleTests {

	private final ManagedCluster cluster = mock(ManagedCluster.class);

	@ParameterizedTest
	@CsvSource({ "PT0.1S, PT0.1S", "PT2S, PT2S", "PT60S, PT2S" })
	void waitsForTheDirectoryForTwoSecondsAtMost(Duration requestTimeout, Duration patience) {
		new SocketClusterLifecycle(this.cluster, requestTimeout).start();
		then(this.cluster).should().join(patience);
	}

}
