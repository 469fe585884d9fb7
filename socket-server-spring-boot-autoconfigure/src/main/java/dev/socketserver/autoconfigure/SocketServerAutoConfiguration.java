package dev.socketserver.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.TapMask;
import dev.socketserver.autoconfigure.cluster.ClientsInCluster;
import dev.socketserver.autoconfigure.cluster.ClusterSetUp;
import dev.socketserver.autoconfigure.cluster.SocketClusterLifecycle;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.event.ClientEventPublisher;
import dev.socketserver.autoconfigure.event.EventPublisher;
import dev.socketserver.autoconfigure.event.ServerPorts;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.lifecycle.AskedClients;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.autoconfigure.lifecycle.KeepAliveHint;
import dev.socketserver.autoconfigure.lifecycle.LateBean;
import dev.socketserver.autoconfigure.lifecycle.SocketClientsLifecycle;
import dev.socketserver.autoconfigure.lifecycle.SocketServersDrain;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.autoconfigure.lifecycle.StartFailures;
import dev.socketserver.autoconfigure.named.NamedBeans;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.DrainTimeouts;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.exchange.SocketExchanges;
import dev.socketserver.handler.payload.Payload;
import dev.socketserver.handler.payload.PayloadConverters;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.operator.SocketTaps;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for socket servers and clients. If there are none, neither in the
 * properties nor registered by the application, it opens no socket and creates no thread.
 */
@AutoConfiguration(afterName = "org.springframework.boot.netty.autoconfigure.NettyAutoConfiguration")
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketProperties.class)
public final class SocketServerAutoConfiguration {

	private final SocketProperties properties;

	private final ConfigurableApplicationContext context;

	/**
	 * Creates the configuration. What most beans need is injected here: each further
	 * parameter of a bean method makes the JVM build method handles at the start.
	 */
	SocketServerAutoConfiguration(SocketProperties properties, ConfigurableApplicationContext context) {
		this.properties = properties;
		this.context = context;
	}

	@Bean
	static KeyCheck socketKeyCheck() {
		return new KeyCheck();
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean(SocketServers.class)
	NettySocketServers socketServers(ObjectProvider<SocketServerListener> listeners,
			ObjectProvider<MessageObserver> observer, ObjectProvider<NettyPipelineCustomizer> customizers) {
		EngineSpec spec = EngineSpec.defaults()
			.eventLoopThreads(this.properties.ioThreads())
			.memoryLimit(this.properties.memoryBytes(NettySocketServers.defaultMemoryLimit()))
			.calledThrough(List.of("dev.socketserver.handler.", "org.springframework."),
					List.of("dev.socketserver.handler.intercept."));
		ClusterSetUp cluster = ClusterSetUp.of(this.properties);
		ClusterEngine engine = this.context.getBeanProvider(ClusterEngine.class).getIfAvailable();
		spec = (engine != null) ? cluster.apply(spec, engine, this.context, rareBeans().clusterListeners())
				: cluster.alone(spec);
		if (this.properties.getTap().isOn()) {
			ObjectProvider<TapMask> masks = rareBeans().masks();
			spec = spec.taps(this.properties.getTap().limit(), this.properties.getTap().recorder(),
					() -> masks.orderedStream().toList());
		}
		// Looked up when they are needed: such beans may themselves need the servers.
		return new NettySocketServers(() -> Stream
			.concat(Stream.of(new ServerPorts(this.context), new EventPublisher(this.context)),
					listeners.orderedStream())
			.toList(), spec, observer::getIfAvailable, () -> customizers.orderedStream().toList());
	}

	/**
	 * Made when it is first asked for: few applications are in a cluster, or have taps.
	 * As parameters of the method above, these would make the JVM build a dozen forms of
	 * method handles at each start; looked up by hand, they would include targets of
	 * scoped proxies.
	 */
	@Lazy
	@Bean
	static RareBeans socketRareBeans(ObjectProvider<ClusterListener> listeners, ObjectProvider<TapMask> masks) {
		return new RareBeans(listeners, masks);
	}

	private RareBeans rareBeans() {
		return this.context.getBean(RareBeans.class);
	}

	@Bean
	@ConditionalOnSwitch("socket.tap.enabled")
	@ConditionalOnBean(NettySocketServers.class)
	@ConditionalOnMissingBean
	SocketTaps socketTaps(NettySocketServers servers) {
		return servers.taps();
	}

	/**
	 * Made when it is first asked for, unless this node is one of several. It joins them
	 * when it is first used, or with the first server or client.
	 */
	@Lazy
	@Bean(destroyMethod = "leave")
	@ConditionalOnMissingBean(SocketCluster.class)
	@ConditionalOnBean(NettySocketServers.class)
	ManagedCluster socketCluster(NettySocketServers servers) {
		ManagedCluster cluster = servers.cluster();
		// For payloads of servers that only other nodes have.
		cluster.converters(() -> new PayloadConverters(this.context.getBeanFactory())
			.writing(new PayloadSettings(Payload.AUTO, StandardCharsets.UTF_8)));
		return cluster;
	}

	@Bean
	@ConditionalOnBean({ ManagedCluster.class, ClusterEngine.class })
	@ConditionalOnMissingBean
	SocketClusterLifecycle socketClusterLifecycle(ManagedCluster cluster, ConfiguredEntries configured) {
		return new SocketClusterLifecycle(cluster, configured::hasAny,
				ClusterSetUp.of(this.properties).properties().requestTimeout());
	}

	/**
	 * Made when it is first asked for: most applications have no clients. The condition
	 * has a small class of their module, since it loads the class.
	 */
	@Lazy
	@Bean(destroyMethod = "close")
	@ConditionalOnClass(name = "dev.socketserver.netty.connect.ClientSockets")
	@ConditionalOnMissingBean(SocketClients.class)
	@ConditionalOnBean(NettySocketServers.class)
	SocketClients socketClients(NettySocketServers servers, ObjectProvider<SocketClientListener> listeners) {
		return new NettySocketClients(servers,
				() -> Stream
					.concat(Stream.of(new ClientsInCluster(this.context), new ClientEventPublisher(this.context)),
							listeners.orderedStream())
					.toList());
	}

	@Bean
	static NamedBeans socketNamedBeans(Environment environment) {
		return new NamedBeans(environment);
	}

	/** Made when it is first asked for: few applications have such interfaces. */
	@Lazy
	@Bean
	@ConditionalOnMissingBean
	SocketExchanges socketExchanges(ConfiguredEntries configured) {
		return AskedClients.exchanges(this.context.getBeanFactory(), configured);
	}

	@Bean
	static TlsBundles socketTlsBundles(ListableBeanFactory beans) {
		return new TlsBundles(beans);
	}

	@Bean
	ConfiguredEntries configuredSocketEntries(TlsBundles tlsBundles) {
		ConfiguredEntries entries = new ConfiguredEntries(this.properties, this.context.getBeanFactory(),
				this.context.getEnvironment(), tlsBundles);
		ApplicationContext parent = this.context.getParent();
		if (parent != null) {
			entries.warnWhereAncestorsAreToServe(parent);
		}
		return entries;
	}

	@Bean
	@ConditionalOnMissingBean
	SocketServersLifecycle socketServersLifecycle(SocketServers servers, ConfiguredEntries configured) {
		return new SocketServersLifecycle(servers, () -> configured.described().servers(),
				new StartFailures(this.context), () -> {
					SocketClientsLifecycle lifecycle = this.context.getBeanProvider(SocketClientsLifecycle.class)
						.getIfAvailable();
					if (lifecycle != null) {
						lifecycle.register();
					}
				});
	}

	@Bean
	@ConditionalOnBean(SocketClients.class)
	@ConditionalOnMissingBean
	SocketClientsLifecycle socketClientsLifecycle(ConfiguredEntries configured) {
		return new SocketClientsLifecycle(lateClients(), () -> configured.described().clients(),
				this.context.getEnvironment());
	}

	@Bean
	@ConditionalOnMissingBean
	SocketServersDrain socketServersDrain(SocketServers servers, SocketServersLifecycle lifecycle) {
		return new SocketServersDrain(servers, lifecycle,
				new LateBean<>(this.context.getBeanFactory(), ManagedCluster.class, "socketCluster"), this.context,
				new DrainTimeouts(this.context.getEnvironment()));
	}

	@Bean
	KeepAliveHint socketServersKeepAliveHint(SocketServers servers) {
		return new KeepAliveHint(servers, lateClients(), this.context);
	}

	private LateBean<SocketClients> lateClients() {
		return new LateBean<>(this.context.getBeanFactory(), SocketClients.class, "socketClients");
	}

}
