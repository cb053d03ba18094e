package example;

import io.github.cdkchargingplatform.AddressPlan;
import io.github.cdkchargingplatform.ChargingPlatformNetwork;
import io.github.cdkchargingplatform.DatabasePrivileges;
import io.github.cdkchargingplatform.DockerImage;
import io.github.cdkchargingplatform.DockerService;
import io.github.cdkchargingplatform.DockerizedServiceFleet;
import io.github.cdkchargingplatform.OcppEndpoint;
import io.github.cdkchargingplatform.OcppServiceOptions;
import io.github.cdkchargingplatform.OcppTlsOptions;
import io.github.cdkchargingplatform.Offence;
import io.github.cdkchargingplatform.OffenceOptions;
import io.github.cdkchargingplatform.PlatformWebAcl;
import io.github.cdkchargingplatform.ResilientMysql;
import io.github.cdkchargingplatform.ServiceSecret;
import io.github.cdkchargingplatform.SpanishBackupPolicy;
import io.github.cdkchargingplatform.WafLogAnalytics;
import io.github.cdkchargingplatform.WebServiceOptions;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.certificatemanager.Certificate;
import software.amazon.awscdk.services.secretsmanager.ISecret;

public final class ChargingPlatform {
    public static void main(String[] args) {
        App app = App.Builder.create().analyticsReporting(false).build();
        Environment spain = Environment.builder().account("111122223333").region("eu-south-2").build();
        Stack stack = new Stack(app, "ChargingPlatform", StackProps.builder().env(spain).build());
        ChargingPlatformNetwork network = ChargingPlatformNetwork.Builder.create(stack, "Network")
                .addressPlan(AddressPlan.fromCidr("10.20.0.0/16"))
                .availabilityZones(List.of("eu-south-2a", "eu-south-2b"))
                .build();
        ResilientMysql database = ResilientMysql.Builder.create(stack, "Database")
                .vpc(network.getVpc())
                .backupRetention(Duration.days(21))
                .build();
        ISecret apiUser = database.addUser("api", DatabasePrivileges.readWrite());
        DockerizedServiceFleet fleet = DockerizedServiceFleet.Builder.create(stack, "Fleet")
                .vpc(network.getVpc())
                .certificates(List.of(Certificate.fromCertificateArn(
                        stack,
                        "Certificate",
                        "arn:aws:acm:eu-south-2:111122223333:certificate/11111111-2222-3333-4444-555555555555")))
                .minMachines(3)
                .ocppIdleTimeout(Duration.minutes(30))
                .services(List.of(
                        DockerService.api(WebServiceOptions.builder()
                                .image(DockerImage.fromRegistry("ghcr.io/example/api:1.4.2"))
                                .hostNames(List.of("api.example.com"))
                                .environment(database.connectionEnvironment("api"))
                                .secrets(Map.of("DATABASE_CREDENTIALS", ServiceSecret.fromSecretsManager(apiUser)))
                                .build()),
                        DockerService.ocpp(OcppServiceOptions.builder()
                                .image(DockerImage.fromRegistry("ghcr.io/example/ocpp:1.4.2"))
                                .endpoints(List.of(OcppEndpoint.tls(
                                        OcppTlsOptions.builder().hostName("ocpp.example.com").build())))
                                .build())))
                .build();
        database.getConnections().allowDefaultPortFrom(fleet);
        PlatformWebAcl webAcl = PlatformWebAcl.Builder.create(stack, "WebAcl")
                .protects(List.of(fleet.getApplicationLoadBalancer()))
                .build();
        WafLogAnalytics.Builder.create(stack, "WafLogs")
                .webAcl(webAcl)
                .directHosts(fleet.getOcppHostNames())
                .offences(List.of(Offence.blockedRequests(OffenceOptions.builder()
                        .threshold(100)
                        .window(Duration.minutes(5))
                        .build())))
                .build();
        SpanishBackupPolicy.Builder.create(stack, "Backup")
                .resources(List.of(database.getBackupResource()))
                .build();
        app.synth();
    }
}
