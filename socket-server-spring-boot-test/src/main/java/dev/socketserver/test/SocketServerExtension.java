package dev.socketserver.test;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import javax.net.ssl.SSLContext;

import dev.socketserver.ListenerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.address.UnixAddress;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstancePostProcessor;
import org.junit.platform.commons.support.AnnotationSupport;

import org.springframework.boot.ssl.SslBundles;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.util.ReflectionUtils;

/**
 * Sets fields and parameters with {@link LocalSocketPort}, {@link LocalSocketPath} or
 * {@link SocketConnection}, which register this extension. It has no state: a connection
 * is in the JUnit store of the test for which it was opened, and JUnit closes it with
 * that.
 */
final class SocketServerExtension implements TestInstancePostProcessor, BeforeEachCallback, ParameterResolver {

	private static final Namespace CONNECTIONS = Namespace.create(SocketServerExtension.class);

	private static final Injection<LocalSocketPort> PORT = new Injection<>(LocalSocketPort.class,
			List.of(int.class, Integer.class), "an int", SocketServerExtension::port);

	private static final Injection<LocalSocketPath> PATH = new Injection<>(LocalSocketPath.class, List.of(Path.class),
			"a Path", SocketServerExtension::path);

	private static final Injection<SocketConnection> CONNECTION = new Injection<>(SocketConnection.class,
			List.of(SocketTestClient.class), "a SocketTestClient", SocketServerExtension::connect);

	private static final List<Injection<?>> ALL = List.of(PORT, PATH, CONNECTION);

	/**
	 * Makes connections that are given to a constructor end with the test for which it is
	 * called.
	 */
	@Override
	public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
		return ExtensionContextScope.TEST_METHOD;
	}

	/**
	 * Sets ports early, for code that runs before the first test of an instance that
	 * serves several tests.
	 */
	@Override
	public void postProcessTestInstance(Object testInstance, ExtensionContext context) {
		PORT.set(testInstance, context);
		PATH.set(testInstance, context);
	}

	/**
	 * Sets fields for each test, since the instance may have served another test before,
	 * and the application context may be a new one.
	 */
	@Override
	public void beforeEach(ExtensionContext context) {
		for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
			ALL.forEach((injection) -> injection.set(instance, context));
		}
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return ALL.stream().anyMatch((injection) -> parameter.isAnnotated(injection.annotation()));
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return ALL.stream()
			.flatMap((injection) -> injection.value(parameter, context).stream())
			.findFirst()
			.orElseThrow();
	}

	private static int port(LocalSocketPort annotation, ExtensionContext context) {
		Place place = Place.of(annotation.value(), context);
		return ConnectionTarget.portOf(place.server(), place.listener());
	}

	private static Path path(LocalSocketPath annotation, ExtensionContext context) {
		Place place = Place.of(annotation.value(), context);
		if (ConnectionTarget.listening(place.server(), place.listener()) instanceof UnixAddress unix) {
			return Path.of(unix.path());
		}
		throw new IllegalStateException("Server '" + place.listener().label() + "' does not listen on a Unix socket");
	}

	private static SocketTestClient connect(SocketConnection annotation, ExtensionContext context) {
		Place place = Place.of(annotation.value(), context);
		String bundle = annotation.sslBundle();
		SocketTestClient client = SocketTestClient.connect(ConnectionTarget.of(place.server(), place.listener()),
				bundle.isEmpty() ? null : sslContext(bundle, place.listener(), context));
		context.getStore(CONNECTIONS).put(client, client);
		return client;
	}

	private static SSLContext sslContext(String bundle, ListenerSpec listener, ExtensionContext context) {
		if (listener.tls() == null) {
			throw new ExtensionConfigurationException("@SocketConnection names the SSL bundle '" + bundle
					+ "', but the server '" + listener.label() + "' does not speak TLS");
		}
		return SpringExtension.getApplicationContext(context)
			.getBean(SslBundles.class)
			.getBundle(bundle)
			.createSslContext();
	}

	private static SocketServer server(String name, ExtensionContext context) {
		SocketServers servers = SpringExtension.getApplicationContext(context)
			.getBeanProvider(SocketServers.class)
			.getIfAvailable();
		if (servers == null) {
			throw new IllegalStateException("There is no server '" + name
					+ "': the application context has no SocketServers bean. Is the test a @SpringBootTest,"
					+ " socket-server-spring-boot-starter on the class path, and socket.enabled not false?");
		}
		return servers.server(name)
			.orElseThrow(() -> new IllegalStateException(
					"There is no server '" + name + "' in the application context. " + known(servers)));
	}

	private static String known(SocketServers servers) {
		String names = StreamSupport.stream(servers.spliterator(), false)
			.map((server) -> "'" + server.name() + "'")
			.collect(Collectors.joining(", "));
		return names.isEmpty() ? "There are no servers at all: configure one with socket.servers.<name>.port"
				: "The servers are " + names;
	}

	/**
	 * What an annotation has fields and parameters set to.
	 *
	 * @param annotation the annotation
	 * @param types the types that they may have
	 * @param wanted these types, for messages
	 * @param source returns what to set
	 * @param <A> the annotation
	 */
	private record Injection<A extends Annotation>(Class<A> annotation, List<Class<?>> types, String wanted,
			BiFunction<A, ExtensionContext, Object> source) {

		Optional<Object> value(ParameterContext context, ExtensionContext test) {
			Parameter parameter = context.getParameter();
			return context.findAnnotation(this.annotation)
				.map((found) -> value(found, parameter.getType(), parameter, test));
		}

		private Object value(A found, Class<?> type, AnnotatedElement target, ExtensionContext context) {
			if (!this.types.contains(type)) {
				throw new ExtensionConfigurationException(
						"@" + this.annotation.getSimpleName() + " is for " + this.wanted + ", not for " + target);
			}
			return this.source.apply(found, context);
		}

		/** Sets the annotated fields, but for those that the constructor has set. */
		void set(Object instance, ExtensionContext context) {
			for (Field field : AnnotationSupport.findAnnotatedFields(instance.getClass(), this.annotation,
					(field) -> !isGiven(field))) {
				A found = AnnotationSupport.findAnnotation(field, this.annotation).orElseThrow();
				Object value = value(found, field.getType(), field, context);
				if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) {
					throw new ExtensionConfigurationException(
							"A field that is set before each test cannot be static or final: " + field
									+ ". Use a parameter instead");
				}
				ReflectionUtils.makeAccessible(field);
				ReflectionUtils.setField(field, instance, value);
			}
		}

		/**
		 * Whether the constructor has set a field. The annotation of a record's component
		 * is on both the field and the parameter of the constructor, and that of a
		 * property in a constructor of Kotlin may be.
		 */
		private boolean isGiven(Field field) {
			if (Modifier.isStatic(field.getModifiers()) || !Modifier.isFinal(field.getModifiers())) {
				return false;
			}
			return Stream.of(field.getDeclaringClass().getDeclaredConstructors())
				.flatMap((constructor) -> Stream.of(constructor.getParameters()))
				.anyMatch((parameter) -> parameter.getType() == field.getType()
						&& AnnotationSupport.isAnnotated(parameter, this.annotation));
		}

	}

	/**
	 * What a text such as {@code gateway} or {@code gateway/tls} names.
	 *
	 * @param server the server
	 * @param listener the listener of that name, or the server's own place
	 */
	private record Place(SocketServer server, ListenerSpec listener) {

		static Place of(String text, ExtensionContext context) {
			String[] names = text.split("/", 2);
			SocketServer named = SocketServerExtension.server(names[0], context);
			return new Place(named, ConnectionTarget.listener(named, (names.length > 1) ? names[1] : null));
		}

	}

}
