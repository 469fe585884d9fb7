package dev.socketserver.cluster;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.socketserver.fixtures.architecture.EveryModule;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

class ArchitectureTests implements EveryModule {

	@Test
	void nodesDoNotDependOnWhatTheyRunOn() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "io.netty..", "dev.socketserver.netty..")
			.because("a node has a directory, a bus and a clock, whatever these are made of")
			.check(RULES.main());
	}

	@Test
	void theCoreIsUsedByItsInterfaceForClusters() {
		noClasses().should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("dev.socketserver.engine..")
				.and(JavaClass.Predicates.resideOutsideOfPackage("dev.socketserver.engine.log..")))
			.because("a cluster knows sessions as the core shows them, and logs as it does")
			.check(RULES.main());
	}

	@Test
	void loggersThatThrowHarmNobody() {
		noClasses().should().dependOnClassesThat().resideInAPackage("org.slf4j..").check(RULES.main());
	}

	@Test
	void timeoutsDoNotFollowTheWallClock() {
		RULES.nothingFollowsTheWallClock("the wall clock jumps");
	}

}
