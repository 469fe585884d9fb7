package dev.socketserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.engine.memory.Exhaustion;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.architecture.ModuleRules;
import dev.socketserver.framing.FrameException;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.spec.listen.Tls;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestTemplate;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** Rules for the engine, and for the clients on top of it. */
class ArchitectureTests {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.withImportOption(
				(location) -> location.contains("socket-server-core") || location.contains("socket-server-client"))
		.withImportOption((location) -> !location.contains("-tests.jar"))
		.importPackages("dev.socketserver");

	private static final JavaClasses TESTS = new ClassFileImporter().importPaths("target/test-classes",
			"../socket-server-core/target/test-classes");

	private static final List<Path> SOURCES = List.of(Path.of("../socket-server-core/src/main/java"),
			Path.of("src/main/java"));

	/** An application without clients has none of these rooms. */
	@Test
	void engineOfServersKnowsNoClient() {
		noClasses().that()
			.resideOutsideOfPackages("dev.socketserver.engine.client..", "dev.socketserver.engine.connect..",
					"dev.socketserver.engine.addresses..", "dev.socketserver.engine.received..",
					"dev.socketserver.netty.connect..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.socketserver.engine.client..", "dev.socketserver.engine.connect..",
					"dev.socketserver.engine.addresses..", "dev.socketserver.engine.received..",
					"dev.socketserver.netty.connect..")
			.because("clients are a module of their own")
			.check(MAIN);
	}

	@Test
	void coreHasNoSpring() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework..")
			.because("the engine serves programs without Spring, too")
			.check(MAIN);
	}

	/** Not in a text either, which would decide by the name of a class. */
	@Test
	void coreNamesNoClassOfSpring() throws IOException {
		for (Path module : SOURCES) {
			try (Stream<Path> sources = Files.walk(module)) {
				for (Path source : sources.filter(Files::isRegularFile).toList()) {
					assertThat(source).content().doesNotContain("org.springframework");
				}
			}
		}
	}

	@Test
	void nettyIsKnownInOnePackageOnly() {
		noClasses().that()
			.resideOutsideOfPackage("dev.socketserver.netty..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.netty..")
			.because("no one outside may have to learn Netty, or to change when it does")
			.check(MAIN);
	}

	/**
	 * What is below {@code netty} uses Netty; a part that does not could be read, and
	 * tested, without it.
	 */
	@Test
	void whatIsBelowNettyNeedsNetty() {
		Stream<String> strangers = MAIN.stream()
			.filter((type) -> type.getPackageName().startsWith("dev.socketserver.netty.") && type.isTopLevelClass())
			.filter((type) -> !usesNetty(type))
			.map(JavaClass::getSimpleName)
			.filter((name) -> !name.equals("package-info"));
		assertThat(strangers).as("but for the door of clients").containsExactly("NettySocketClients");
	}

	private static Stream<JavaClass> withNested(JavaClass type) {
		return MAIN.stream()
			.filter((other) -> other.getName().equals(type.getName())
					|| other.getName().startsWith(type.getName() + "$"));
	}

	private static boolean usesNetty(JavaClass type) {
		return withNested(type).flatMap((part) -> part.getDirectDependenciesFromSelf().stream())
			.anyMatch((dependency) -> dependency.getTargetClass().getPackageName().startsWith("io.netty"));
	}

	/** A superclass with one subclass is a class that is cut in two. */
	@Test
	void aClassIsFinalOrHasSeveralSubclasses() {
		assertThat(MAIN.stream()
			.filter((type) -> type.isTopLevelClass() && !type.isInterface())
			.filter((type) -> type.getModifiers().contains(JavaModifier.ABSTRACT) || isInside(type))
			.filter((type) -> !type.getModifiers().contains(JavaModifier.FINAL) && !type.isEnum())
			.filter((type) -> type.getSubclasses()
				.size() < (type.getModifiers().contains(JavaModifier.ABSTRACT) ? 2 : 1))
			.map(JavaClass::getSimpleName)).isEmpty();
	}

	private static boolean isInside(JavaClass type) {
		return type.getPackageName().matches("dev\\.socketserver\\.(engine|netty|admission)\\..*")
				&& !type.getSimpleName().equals("package-info");
	}

	/** A state has one owner: others ask it. */
	@Test
	void nobodyElseChangesTheFieldsOfAnObject() {
		assertThat(MAIN.stream()
			.filter((type) -> type.isTopLevelClass() && !type.isEnum())
			.flatMap((type) -> type.getFields().stream())
			.filter((field) -> !field.getModifiers().contains(JavaModifier.FINAL)
					&& !field.getModifiers().contains(JavaModifier.PRIVATE))
			.map(JavaField::getFullName)).isEmpty();
	}

	@Test
	void packagesFormATree() {
		SlicesRuleDefinition.slices()
			.matching("dev.socketserver.(*)..")
			.should()
			.beFreeOfCycles()
			.because("a cycle cannot be read from one end")
			.check(MAIN);
		noClasses().that()
			.resideInAPackage("dev.socketserver")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.socketserver.client..", "dev.socketserver.operator..", "dev.socketserver.engine..",
					"dev.socketserver.admission..", "dev.socketserver.netty..")
			.because("what servers are does not depend on clients or operators, nor on how they work")
			.check(MAIN);
		noClasses().that()
			.resideInAnyPackage("dev.socketserver.framing..", "dev.socketserver.payload..", "dev.socketserver.spec..",
					"dev.socketserver.tls..", "dev.socketserver.address..")
			.and()
			// Which say how a session ends.
			.areNotAssignableTo(FrameException.class)
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.socketserver")
			.because("specifications are made of them, not the other way round")
			.check(MAIN);
	}

	/**
	 * But for one arrow: a framing's exception has the reason for which a session closes,
	 * and a session can be given a framing. Both are where the contract has them.
	 */
	@Test
	void packagesHaveNoCycles() {
		ModuleRules.packagesHaveNoCycles()
			.ignoreDependency(assignableTo(FrameException.class), type(CloseReason.class))
			.check(MAIN);
	}

	@Test
	void roomsOfFramingsFormATree() {
		SlicesRuleDefinition.slices()
			.matching("dev.socketserver.framing.(*)..")
			.should()
			.beFreeOfCycles()
			.because("a codec can be understood without the builders")
			.check(MAIN);
		noClasses().that()
			.resideInAPackage("dev.socketserver.framing")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.socketserver.framing.*..")
			.because("what users see of framings does not depend on how they work")
			.check(MAIN);
	}

	@Test
	void roomsOfTheEngineFormATree() {
		SlicesRuleDefinition.slices()
			.matching("dev.socketserver.netty.(*)..")
			.should()
			.beFreeOfCycles()
			.because("a room can be understood with those below it only")
			.check(MAIN);
		noClasses().that()
			.resideInAPackage("dev.socketserver.netty.*..")
			.and()
			.doNotHaveSimpleName("NettySocketClients")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.socketserver.netty")
			.because("the doors know the rooms, and not the other way round")
			.check(MAIN);
	}

	@Test
	void roomsOfASessionFormATree() {
		SlicesRuleDefinition.slices()
			.matching("dev.socketserver.engine.(*)..")
			.should()
			.beFreeOfCycles()
			.because("each room is to be understood with those that it may use")
			.check(MAIN);
		noClasses().that()
			.resideInAPackage("dev.socketserver.engine..")
			.and()
			.resideOutsideOfPackages("dev.socketserver.engine.session..", "dev.socketserver.engine.resources..",
					"dev.socketserver.engine.server..", "dev.socketserver.engine.connect..",
					"dev.socketserver.engine.node..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.socketserver.engine.session..")
			.because("the session joins its parts, which see only what they need of it; servers and clients "
					+ "have sessions")
			.check(MAIN);
	}

	/**
	 * The {@code package-info} of each room of the engine names the rooms that it depends
	 * on, and no others.
	 */
	@Test
	void roomsOfASessionDependOnWhatTheyName() throws IOException {
		Map<String, Set<String>> found = new TreeMap<>();
		MAIN.stream().filter((type) -> !room(type).isEmpty()).forEach((type) -> {
			Set<String> rooms = found.computeIfAbsent(room(type), (room) -> new TreeSet<>());
			type.getDirectDependenciesFromSelf().forEach((dependency) -> rooms.add(room(dependency.getTargetClass())));
			rooms.removeAll(Set.of("", room(type)));
		});
		for (String room : found.keySet()) {
			String sentence = dependsOn(room);
			Set<String> named = named(sentence);
			if (sentence.startsWith("all rooms")) {
				assertThat(found.get(room)).as(room).doesNotContainAnyElementsOf(named);
				continue;
			}
			assertThat(found.get(room)).as(room).containsAll(named);
			if (sentence.endsWith("on")) {
				for (Deque<String> next = new ArrayDeque<>(named); !next.isEmpty();) {
					found.get(next.remove()).stream().filter(named::add).forEach(next::add);
				}
			}
			assertThat(named).as(room).containsAll(found.get(room));
		}
	}

	private static String room(JavaClass type) {
		Matcher matcher = Pattern.compile("dev\\.socketserver\\.engine\\.(\\w+).*").matcher(type.getPackageName());
		return matcher.matches() ? matcher.group(1) : "";
	}

	private static String dependsOn(String room) throws IOException {
		Path file = SOURCES.stream()
			.map((module) -> module.resolve("dev/socketserver/engine").resolve(room).resolve("package-info.java"))
			.filter(Files::exists)
			.findFirst()
			.orElseThrow();
		String text = Files.readString(file).replaceAll("\\s+(\\* )?", " ");
		Matcher sentence = Pattern.compile("Depends on ([^.;]+)[.;]").matcher(text);
		assertThat(sentence.find()).as("rooms that '%s' depends on", room).isTrue();
		return sentence.group(1);
	}

	private static Set<String> named(String sentence) {
		Matcher name = Pattern.compile("\\{@code (\\w+)}").matcher(sentence);
		return name.results().map((found) -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void nobodySleepsOrPrints() {
		noClasses().should()
			.callMethodWhere(target(owner(assignableTo(Thread.class))).and(target(name("sleep"))))
			.orShould()
			.accessField(System.class, "out")
			.orShould()
			.accessField(System.class, "err")
			.because("time is waited for by conditions, and messages go to the log")
			.check(MAIN);
		noClasses().should()
			.callMethodWhere(target(owner(assignableTo(Thread.class))).and(target(name("sleep"))))
			.because("a test waits for a condition, with a limit")
			.check(TESTS);
	}

	@Test
	void loggersThatThrowHarmNobody() {
		noClasses().that()
			.doNotHaveSimpleName("SafeLogger")
			.and()
			.doNotHaveSimpleName("LogContext")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.slf4j..")
			.because("the application's logger may throw, where that would end an event loop or a server's stop")
			.check(MAIN);
	}

	@Test
	void timeoutsDoNotFollowTheWallClock() {
		noClasses().should().callMethod(System.class, "currentTimeMillis").because("the wall clock jumps").check(MAIN);
	}

	/**
	 * Deserialization of what a peer sends runs its code; Netty's decoders of frames drop
	 * what is too long and go on, at a place that the peer has chosen; those of
	 * compressed bytes have made gigabytes of kilobytes (CVE-2025-58057, CVE-2026-42587),
	 * and its filter of addresses has let some pass (CVE-2026-44249).
	 */
	@Test
	void peersAreNotReadByWhatHasHarmedOthers() {
		noClasses().should()
			.dependOnClassesThat()
			.haveFullyQualifiedName("java.io.ObjectInputStream")
			.orShould()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty.handler.codec.serialization..", "io.netty.handler.codec.compression..",
					"io.netty.handler.codec.marshalling..", "io.netty.handler.ipfilter..")
			.orShould()
			.dependOnClassesThat()
			.haveNameMatching("io\\.netty\\.handler\\.codec\\.(\\w*FrameDecoder|ReplayingDecoder)")
			.because(
					"bytes of a peer become text, bytes, or what a converter declares, by decoders that end the session")
			.check(MAIN);
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(MAIN.stream().map((type) -> type.getPackage()).distinct())
			.allMatch((inPackage) -> inPackage.isAnnotatedWith(NullMarked.class));
	}

	@Test
	void engineReadsAllThatASpecificationSays() {
		List<JavaMethod> components = MAIN.stream()
			.filter(type(ServerSpec.class).or(type(SessionSpec.class))
				.or(type(ListenerSpec.class))
				.or(type(ClientSpec.class))
				.or(type(Tls.class))
				.or(resideInAnyPackage("dev.socketserver.spec", "dev.socketserver.spec.connect")))
			.filter(JavaClass::isRecord)
			.flatMap((type) -> type.getFields().stream())
			.filter((field) -> !field.getModifiers().contains(JavaModifier.STATIC))
			.map((field) -> field.getOwner().getMethod(field.getName()))
			.toList();

		assertThat(components).hasSizeGreaterThan(100);
		assertThat(components.stream().filter((component) -> !isReadByTheEngine(component)))
			.extracting(JavaMethod::getFullName)
			.as("those of which a listener says what they come to")
			.containsExactlyInAnyOrder("dev.socketserver.spec.Limits.allow()", "dev.socketserver.spec.Limits.deny()",
					"dev.socketserver.spec.Limits.frame()", "dev.socketserver.ListenerSpec.farewell()");
	}

	private static boolean isReadByTheEngine(JavaMethod component) {
		return component.getAccessesToSelf()
			.stream()
			.anyMatch((access) -> !access.getOriginOwner()
				.getPackageName()
				.matches("dev\\.socketserver(\\.spec(\\.\\w+)?)?"));
	}

	@Test
	void engineIsPackagePrivateButForItsWayIn() {
		classes().that()
			.resideInAPackage("dev.socketserver.netty")
			.and()
			.arePublic()
			.should()
			.haveNameMatching(".+\\.(NettySocketServers(.Shared)?|EngineSpec(.Cluster)?|NettyPipelineCustomizer)")
			.because("public is a promise")
			.check(MAIN);
	}

	/**
	 * The JVM throws it when the system has no thread, and everybody else gets a
	 * {@link java.util.concurrent.RejectedExecutionException}.
	 */
	@Test
	void onlyTheDoorsKnowOfExhaustion() {
		Stream<String> catching = MAIN.stream()
			.filter((type) -> !type.getPackageName().endsWith(".workaround")
					&& !type.getPackageName().endsWith(".engine.threads"))
			.filter((type) -> type.getCodeUnits()
				.stream()
				.flatMap((unit) -> unit.getTryCatchBlocks().stream())
				.flatMap((block) -> block.getCaughtThrowables().stream())
				.anyMatch((caught) -> caught.isEquivalentTo(OutOfMemoryError.class)))
			.map(JavaClass::getSimpleName);
		assertThat(catching).containsExactly("Exhaustion");
	}

	/**
	 * A wait goes on without a spare thread, output that cannot be joined leaves as it
	 * is, and what a tap cannot keep is dropped.
	 */
	@Test
	void fewCanDoWithout() {
		Stream<String> callers = MAIN.get(Exhaustion.class)
			.getDirectDependenciesToSelf()
			.stream()
			.map((dependency) -> dependency.getOriginClass().getSimpleName())
			.filter((name) -> !name.isEmpty() && !name.equals("Attempt"))
			.distinct();
		assertThat(callers).containsExactlyInAnyOrder("LongWait", "WriteQueue", "TapPoint", "SessionTap",
				"FlightRecorder");
	}

	@Test
	void noModuleIsNamed() {
		ModuleRules.noModuleIsNamed().check(MAIN);
	}

	/** JUnit has tests wait by {@link Patience}, but not the programs that they start. */
	@Test
	void programsOfTestsWaitAsTestsDo() {
		assertThat(TESTS.stream()
			.filter((type) -> type.tryGetMethod("main", String[].class).isPresent())
			.filter((program) -> calls(program, Awaitility.class, "await") && !calls(program, Patience.class, "begin"))
			.map(JavaClass::getName)).isEmpty();
	}

	private static boolean calls(JavaClass type, Class<?> owner, String method) {
		return type.getMethodCallsFromSelf()
			.stream()
			.anyMatch((call) -> call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(method));
	}

	@Test
	void testsAreNamedSoThatTheyRun() {
		classes().that()
			.areTopLevelClasses()
			.and()
			.containAnyMethodsThat(com.tngtech.archunit.base.DescribedPredicate.describe("are tests",
					(method) -> method.isAnnotatedWith(Test.class) || method.isMetaAnnotatedWith(TestTemplate.class)))
			.should()
			.haveSimpleNameEndingWith("Tests")
			.because("the build runs no other")
			.check(TESTS);
	}

}
