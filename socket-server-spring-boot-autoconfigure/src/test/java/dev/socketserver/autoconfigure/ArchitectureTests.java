package dev.socketserver.autoconfigure;

import java.util.List;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.fixtures.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests {

	/**
	 * Blocks whose components are handed over by their names. One that has no method of
	 * its name there fails a start that sets it.
	 */
	private static final List<Class<?>> HANDED_OVER = List.of(SessionProperties.Inbound.class,
			SessionProperties.Outbound.class, SessionProperties.Timeouts.class, SessionProperties.Execution.class,
			SessionProperties.Options.class, ServerDefaults.Limits.class, ServerDefaults.Rate.class,
			ServerDefaults.Login.class, ServerDefaults.Ban.class, ServerDefaults.Threads.class,
			ServerDefaults.Drain.class, ServerDefaults.Udp.class, ServerProperties.DomainSocket.class,
			ClientProperties.Limits.class, ClientProperties.Threads.class, ClientProperties.Pool.class);

	private static final Set<Class<?>> ENTRIES = Set.of(SessionProperties.class, ServerDefaults.class,
			ServerProperties.class, ClientProperties.class);

	private static final ModuleRules RULES = new ModuleRules();

	private static final JavaClasses MAIN = RULES.main();

	private static final JavaClasses TESTS = RULES.tests();

	@Test
	void packagesHaveNoCycles() {
		ModuleRules.packagesHaveNoCycles().check(MAIN);
	}

	@Test
	void noModuleIsNamed() {
		ModuleRules.noModuleIsNamed().check(MAIN);
	}

	@Test
	void nettyStaysInTheEngine() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAPackage("io.netty..")
			.because("Spring modules adapt, they contain no networking")
			.check(MAIN);
	}

	@Test
	void engineIsUsedThroughItsDoorsOnly() {
		noClasses().should()
			.dependOnClassesThat(resideInAnyPackage("dev.socketserver.netty.*..", "dev.socketserver.engine..")
				.and(resideOutsideOfPackage("dev.socketserver.engine.log.."))
				// The door of clients.
				.and(not(simpleName("NettySocketClients"))))
			.because("rooms of the engine are public to Java only, and may change at any time")
			.check(MAIN);
	}

	@Test
	void textsInTheLogAreBounded() {
		ModuleRules.textsInTheLogAreBounded().check(MAIN);
	}

	@Test
	void nothingIsDeserializedIntoTypesThatThePeerNames() {
		noClasses().should()
			.dependOnClassesThat()
			.haveFullyQualifiedName("java.io.ObjectInputStream")
			.orShould()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.core.serializer..", "tools.jackson.databind.jsontype..")
			.because("a payload becomes the type that the handler declares")
			.check(MAIN);
	}

	@Test
	void autoConfigurationsAreFinalWithoutPublicMembers() {
		ModuleRules.autoConfigurationsAreFinal()
			.andShould(haveNoPublicMembers())
			.because("applications may name them, to exclude or order, and nothing else")
			.check(MAIN);
	}

	@Test
	void beanMethodsArePackagePrivate() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.because("nobody but the container calls them")
			.check(MAIN);
	}

	@Test
	void beanMethodsAreNotConditionalOnClasses() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.and()
			// That of clients has none of their module in its signature.
			.doNotHaveName("socketClients")
			.should()
			.notBeAnnotatedWith(ConditionalOnClass.class)
			.because("their signatures are loaded before the condition is looked at")
			.check(MAIN);
	}

	@Test
	void eventsAreForBeansOfTheActuatorOnly() {
		methods().that()
			.areAnnotatedWith(EventListener.class)
			.should()
			.beDeclaredInClassesThat()
			.resideInAPackage("dev.socketserver.actuate..")
			.because("NamedBeans has Spring look for no such methods of the others")
			.check(MAIN);
	}

	@Test
	void methodsForEarlyBeansAreStatic() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.and()
			.haveRawReturnType(early())
			.should()
			.beStatic()
			.because("they would create their configuration before others can process it")
			.check(MAIN);
	}

	/** CVE-2023-20863, CVE-2026-41850, -41851, -59283: an expression is code. */
	@Test
	void nothingIsEvaluated() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.expression..", "jdk.jshell..", "javax.script..",
					"dev.socketserver.repl..")
			.because("nothing that a handler gets can become an expression, where nothing evaluates any")
			.check(MAIN);
	}

	@Test
	void noFieldIsReadByReflection() {
		noClasses().should()
			.dependOnClassesThat()
			.haveFullyQualifiedName("java.lang.reflect.Field")
			.because("an application that was processed ahead of time, or is a native image, does not have them")
			.check(MAIN);
	}

	/** Metadata, documentation and the check of keys know a property by itself. */
	@Test
	void everyPropertyOfAnEntryIsRead() {
		methods().that()
			.areDeclaredInClassesThat(areOfEntries())
			.and()
			.areDeclaredInClassesThat(areNotHandedOver())
			.and()
			.haveNameNotMatching("set.+|equals|hashCode|toString")
			// It may be a word or a block, which no type can be.
			.and()
			.doNotHaveName("getFraming")
			// It is read as that of any entry.
			.and()
			.doNotHaveName("getHandler")
			.should(beCalled())
			.because("a value that nothing takes from there has no effect, and nobody is told")
			.check(MAIN);
	}

	@Test
	void nothingPrintsOrSleeps() {
		for (JavaClasses classes : new JavaClasses[] { MAIN, TESTS }) {
			noClasses().should()
				.accessField(System.class, "out")
				.orShould()
				.accessField(System.class, "err")
				.because("there is a log")
				.check(classes);
			noClasses().should()
				.callMethodWhere(sleeps())
				.because("waiting for time instead of a fact is slow and flaky")
				.check(classes);
		}
	}

	@Test
	void testsEndInTests() {
		methods().that()
			.areAnnotatedWith(Test.class)
			.should()
			.beDeclaredInClassesThat()
			.haveSimpleNameEndingWith("Tests")
			.because("the build runs no others")
			.check(TESTS);
	}

	private static DescribedPredicate<JavaMethodCall> sleeps() {
		return DescribedPredicate.describe("sleep",
				(call) -> call.getName().equals("sleep") && call.getTargetOwner().isEquivalentTo(Thread.class));
	}

	private static DescribedPredicate<JavaClass> early() {
		return DescribedPredicate.describe("an early bean",
				(type) -> type.isAssignableTo(BeanPostProcessor.class)
						|| type.isAssignableTo(BeanFactoryPostProcessor.class)
						|| type.isAssignableTo(ConfigurationPropertiesBindHandlerAdvisor.class));
	}

	/** What the whole application has once is read by names, too. */
	private static DescribedPredicate<JavaClass> areOfEntries() {
		return DescribedPredicate.describe("are properties of servers and clients", (type) -> !type.isEnum() && ENTRIES
			.stream()
			.anyMatch((entry) -> type.isEquivalentTo(entry) || type.getFullName().startsWith(entry.getName() + "$")));
	}

	private static DescribedPredicate<JavaClass> areNotHandedOver() {
		return DescribedPredicate.describe("are not handed over by their names",
				(type) -> HANDED_OVER.stream().noneMatch(type::isEquivalentTo));
	}

	private static ArchCondition<JavaMethod> beCalled() {
		return new ArchCondition<>("be called") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				events
					.add(new SimpleConditionEvent(method, !method.getAccessesToSelf().isEmpty(), method.getFullName()));
			}

		};
	}

	private static ArchCondition<JavaClass> haveNoPublicMembers() {
		return new ArchCondition<>("have no public members") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				for (JavaMember member : type.getMembers()) {
					boolean violation = member.getModifiers().contains(JavaModifier.PUBLIC)
							&& !isDefaultConstructor(member);
					events.add(new SimpleConditionEvent(member, !violation, member.getDescription()));
				}
			}

		};
	}

	private static boolean isDefaultConstructor(JavaMember member) {
		return member.getName().equals("<init>");
	}

}
