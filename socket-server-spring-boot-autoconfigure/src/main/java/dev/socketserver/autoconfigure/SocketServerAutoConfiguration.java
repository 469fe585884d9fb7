package dev.socketserver.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.TapMask;
import dev.socketserver.autoconfigure.cluster.ClusterConverters;
import dev.socketserver.autoconfigure.cluster.ClusterSetUp;
import dev.socketserver.autoconfigure.cluster.SocketClusterLifecycle;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.event.ClientEventPublisher;
import dev.socketserver.autoconfigure.event.EventPublisher;
import dev.socketserver.autoconfigure.event.ServerPorts;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.autoconfigure.lifecycle.KeepAliveHint;
import dev.socketserver.autoconfigure.lifecycle.SocketClientsLifecycle;
import dev.socketserver.autoconfigure.lifecycle.SocketServersDrain;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.autoconfigure.lifecycle.StartFailures;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.DrainTimeouts;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.NettySocketClients;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.operator.SocketTaps;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for socket servers and clients. If there are none, neither in the
 * properties nor registered by the application, it opens no socket and creates no thread.
 */
@AutoConfiguration(afterName = "org.springframework.boot.netty.autoconfigure.NettyAutoConfiguration")
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketProperties.class)
public final class SocketServerAutoConfiguration {

	@Bean
	static KeyCheck socketKeyCheck() {
		return new KeyCheck();
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean(SocketServers.class)
	NettySocketServers socketServers(SocketProperties properties, ConfigurableApplicationContext context,
			ObjectProvider<SocketServerListener> listeners, ObjectProvider<MessageObserver> observer,
			ObjectProvider<NettyPipelineCustomizer> customizers, ObjectProvider<ClusterEngine> engine,
			ObjectProvider<ClusterListener> clusterListeners, ObjectProvider<TapMask> masks) {
		// Looked up when they are needed: such beans may themselves need the servers.
		NettySocketServers servers = new NettySocketServers(
				() -> Stream
					.concat(Stream.of(new ServerPorts(context), new EventPublisher(context)), listeners.orderedStream())
					.toList(),
				properties.ioThreads(), properties.memoryBytes(NettySocketServers.defaultMemoryLimit()),
				observer::getIfAvailable, () -> customizers.orderedStream().toList(), true);
		servers.calledThrough(List.of("dev.socketserver.handler.", "org.springframework."),
				List.of("dev.socketserver.handler.intercept."));
		ClusterSetUp.of(properties).apply(servers, engine.getIfAvailable(), context, clusterListeners);
		if (properties.getTap().isOn()) {
			servers.taps(properties.getTap().limit(), properties.getTap().recorder(),
					() -> masks.orderedStream().toList());
		}
		return servers;
	}

	@Bean
	@ConditionalOnSwitch("socket.tap.enabled")
	@ConditionalOnBean(NettySocketServers.class)
	@ConditionalOnMissingBean
	SocketTaps socketTaps(NettySocketServers servers) {
		return servers.taps();
	}

	@Bean(destroyMethod = "leave")
	@ConditionalOnMissingBean(SocketCluster.class)
	@ConditionalOnBean(NettySocketServers.class)
	ManagedCluster socketCluster(NettySocketServers servers, ConfigurableApplicationContext context) {
		ManagedCluster cluster = servers.cluster();
		cluster.converters(new ClusterConverters(context.getBeanFactory()));
		return cluster;
	}

	@Bean
	@ConditionalOnBean(ManagedCluster.class)
	@ConditionalOnMissingBean
	SocketClusterLifecycle socketClusterLifecycle(ManagedCluster cluster, SocketProperties properties,
			ConfigurableApplicationContext context) {
		return new SocketClusterLifecycle(cluster, ClusterSetUp.of(properties).requestTimeout(), context);
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean(SocketClients.class)
	@ConditionalOnBean(NettySocketServers.class)
	NettySocketClients socketClients(NettySocketServers servers, ConfigurableApplicationContext context,
			ObjectProvider<SocketClientListener> listeners) {
		return new NettySocketClients(servers,
				() -> Stream.concat(Stream.of(new ClientEventPublisher(context)), listeners.orderedStream()).toList());
	}

	@Bean
	static TlsBundles socketTlsBundles(ListableBeanFactory beans) {
		return new TlsBundles(beans);
	}

	@Bean
	ConfiguredEntries configuredSocketEntries(SocketProperties properties, ConfigurableApplicationContext context,
			TlsBundles tlsBundles) {
		ConfiguredEntries entries = new ConfiguredEntries(properties, context.getBeanFactory(),
				context.getEnvironment(), tlsBundles);
		ApplicationContext parent = context.getParent();
		if (parent != null) {
			entries.warnWhereAncestorsAreToServe(parent);
		}
		return entries;
	}

	@Bean
	@ConditionalOnMissingBean
	SocketServersLifecycle socketServersLifecycle(SocketServers servers, ConfiguredEntries configured,
			ObjectProvider<SocketClientsLifecycle> clients, ConfigurableApplicationContext context) {
		return new SocketServersLifecycle(servers, configured::servers, new StartFailures(context), () -> {
			SocketClientsLifecycle lifecycle = clients.getIfAvailable();
			if (lifecycle != null) {
				lifecycle.register();
			}
		});
	}

	@Bean
	@ConditionalOnBean(SocketClients.class)
	@ConditionalOnMissingBean
	SocketClientsLifecycle socketClientsLifecycle(SocketClients clients, ConfiguredEntries configured,
			SocketProperties properties) {
		return new SocketClientsLifecycle(clients, configured::clients, properties.getEventLoopThreads());
	}

	@Bean
	@ConditionalOnMissingBean
	SocketServersDrain socketServersDrain(SocketServers servers, ObjectProvider<ManagedCluster> cluster,
			ConfigurableApplicationContext context) {
		return new SocketServersDrain(servers, cluster, context, new DrainTimeouts(context.getEnvironment()));
	}

	@Bean
	KeepAliveHint socketServersKeepAliveHint(SocketServers servers, ObjectProvider<SocketClients> clients,
			ConfigurableApplicationContext context) {
		return new KeepAliveHint(servers, clients.getIfAvailable(), context);
	}

}
