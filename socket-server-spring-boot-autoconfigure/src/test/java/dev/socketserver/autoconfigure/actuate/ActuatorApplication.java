package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServerListener;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A web application with the actuator, whose servers and clients are made by the tests.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(excludeName = "dev.socketserver.autoconfigure.SocketServerAutoConfiguration")
class ActuatorApplication {

	@Bean
	NettySocketServers servers(ObjectProvider<SocketServerListener> listeners,
			ObjectProvider<NettyPipelineCustomizer> customizers) {
		return new NettySocketServers(() -> listeners.orderedStream().toList(), EngineSpec.defaults(), () -> null,
				() -> customizers.orderedStream().toList());
	}

	@Bean
	NettySocketClients clients(NettySocketServers servers, ObjectProvider<SocketClientListener> listeners) {
		return new NettySocketClients(servers, () -> listeners.orderedStream().toList());
	}

}
